using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>Takes up, on this node, people whom another node looked after; their media goes on untouched.</summary>
internal sealed class Relocation(RoomPeople people, ClusterNode self, ParticipantMedia media, TimeProvider time)
{
    /// <param name="room">Where they are.</param>
    /// <param name="stay">By a resume token or the place itself.</param>
    /// <param name="cancellationToken">Stops before anything has happened.</param>
    /// <returns>Null when the stay is over. Who is given has no connection yet.</returns>
    public async Task<Participant?> BringHereAsync(
        LiveRoom room,
        Participation stay,
        CancellationToken cancellationToken
    )
    {
        using (await room.EnterAsync(cancellationToken))
        {
            if (room.People.IsLeaving(stay.ParticipantId))
            {
                return null;
            }
        }

        var place = await people.FindPlaceAsync(room, stay.ParticipantId, cancellationToken);
        if (place is null && !self.IsStoreAway)
        {
            return null;
        }

        if (place is not null && (place.Stay != stay.Stay || !Places.TryRead(place, out stay!)))
        {
            return null;
        }

        var muted = room.Current.OnStage(stay.ParticipantId)?.Person.Muted ?? place is { Muted: true };
        var outcome = await people.ClaimAsync(
            room,
            stay,
            muted,
            isConnected: true,
            ClaimKind.Resume,
            cancellationToken
        );
        try
        {
            return outcome is { Verdict: not ClaimVerdict.Granted }
                ? null
                : await SeatAsync(room, stay, muted, outcome?.Now);
        }
        finally
        {
            RoomPeople.Seated(room, stay.ParticipantId);
        }
    }

    /// <summary>Somebody who takes part by HTTP, and whose request came to this node.</summary>
    public async Task<Participant?> BringHereAsync(LiveRoom room, string resource, CancellationToken cancellationToken)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        return
            dot > 0
            && await people.FindPlaceAsync(room, new ParticipantId(resource[..dot]), cancellationToken) is { } place
            && Places.TryRead(place, out var stay)
            && stay.Resource == resource
            ? await BringHereAsync(room, stay, cancellationToken)
            : null;
    }

    private async Task<Participant?> SeatAsync(LiveRoom room, Participation stay, bool muted, Place? granted)
    {
        Participant? participant;
        using (await room.EnterAsync(CancellationToken.None))
        {
            if (room.IsOver)
            {
                return null;
            }

            participant = room.People.Find(stay.ParticipantId);
            if (participant is not null)
            {
                return participant.Participation.Stay == stay.Stay ? participant : null; // At the same moment, here.
            }

            if (room.People.Find(new Identity(stay.Identity)) is not null)
            {
                return null;
            }

            participant = room.People.Add(stay);
            participant.Muted = muted;
            if (granted is not null)
            {
                participant.Granted(granted);
            }

            if (stay.Kind == ParticipationKind.Live)
            {
                (participant.LostAt, participant.LossShown) = (time.GetUtcNow(), true);
            }

            people.AdoptMedia(room, participant, stay);
            room.AttendanceChanged();
        }

        // Whether the media node still has the session shows when it is told what it may do.
        if (await media.SettleAsync(room, participant) is not null)
        {
            _ = media.SettleLaterAsync(room, participant);
        }

        return participant;
    }
}
