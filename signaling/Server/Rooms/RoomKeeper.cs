using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Media;
using Spaces.V1;
using Person = Spaces.Signaling.Domain.Person;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// Keeps rooms and media nodes in step: tells people whose media is gone, and knows them again after a restart.
/// </summary>
internal sealed class RoomKeeper(
    RoomDirectory rooms,
    ParticipantMedia media,
    Departure departure,
    RoomPeople people,
    ClusterNode self,
    SignalingOptions options,
    ILogger<RoomKeeper> logger
) : IMediaSessionObserver
{
    /// <summary>
    /// Takes up the rooms of the process before this one; and, where no other node may have them, everybody on their
    /// stages.
    /// </summary>
    public async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (self.IsShared)
        {
            return; // Who is where is asked once the store answers.
        }

        await rooms.TakeUpAsync(self.Name, isShared: false, cancellationToken);
        foreach (var room in rooms.All)
        {
            using (await room.EnterAsync(cancellationToken))
            {
                foreach (var member in room.Current.Stage)
                {
                    var participant = room.People.Add(Unknown(room, member.Person));
                    participant.Muted = member.Person.Muted;
                    participant.LostAt = rooms.Now();
                    participant.LossShown = !member.Connected;
                }

                room.AttendanceChanged();
            }
        }
    }

    public void MediaLost(MediaSession session, MediaLostReason reason)
    {
        if (session.Owner is not { } participant || !participant.TryDropMedia(session))
        {
            return; // Nobody's yet, or replaced.
        }

        participant.StrandedOn = session.Node;
        participant.Connection?.TellMediaLost(reason);
        Watch(departure.MediaLostAsync(session, participant));
    }

    public void MediaKept(MediaSession session)
    {
        if (session.Owner is { } participant)
        {
            Watch(media.SettleLaterAsync(session.Room, participant));
        }
    }

    public async Task<FoundSession> JudgeAsync(
        SfuNode node,
        SessionInfo found,
        bool isFirstSight,
        CancellationToken cancellationToken
    )
    {
        if (
            !ResumeTokens.TryReadContext(found.Context.Span, out var stay)
            || !options.ApiKeys.Any(key => key.Id == stay.KeyId)
        )
        {
            return FoundSession.Orphan;
        }

        if (self.IsShared)
        {
            return await IsOrphanAsync(found, stay, cancellationToken) ? FoundSession.Orphan : FoundSession.Anothers;
        }

        return isFirstSight && await TakeUpAsync(node, found, stay, cancellationToken) is { } session
            ? new FoundSession(session, IsOrphan: false)
            : FoundSession.Orphan;
    }

    /// <summary>Whether no signaling node looks after a session, nor will when its people are adopted.</summary>
    public async Task<bool> IsOrphanAsync(SessionInfo found, Participation stay, CancellationToken cancellationToken)
    {
        if (self.IsStoreAway || (stay.Home is { } home && self.IsLiving(new NodeName(home))))
        {
            return false; // Whoever opened it may be about to seat its people.
        }

        var outcome = await rooms.FindLiveAsync(stay.Room, cancellationToken);
        if (outcome.IsRefused(out var refusal, out var room))
        {
            return refusal.Code != StatusCode.Unavailable;
        }

        var place = await people.FindPlaceAsync(room, stay.ParticipantId, cancellationToken);
        return !self.IsStoreAway
            && !(place is not null && Places.TryRead(place, out var holder) && holder.Session == found.SessionId);
    }

    private async Task<MediaSession?> TakeUpAsync(
        SfuNode node,
        SessionInfo found,
        Participation stay,
        CancellationToken cancellationToken
    )
    {
        if ((await rooms.FindLiveAsync(stay.Room, cancellationToken)).IsRefused(out _, out var room))
        {
            return null;
        }

        using (await room.EnterAsync(cancellationToken))
        {
            if (room.IsOver || Recognize(room, stay) is not { Media: null } participant)
            {
                return null;
            }

            var session = new MediaSession(found.SessionId, node, room)
            {
                IsOpen = true,
                Owner = participant,
                Applied = found.Permissions,
            };
            participant.ExchangeMedia(session);
            participant.Muted =
                room.Current.OnStage(participant.Id)?.Person.Muted ?? found.Permissions is { Muted: true };
            room.Node ??= node;
            Watch(media.SettleLaterAsync(room, participant));
            return session;
        }
    }

    /// <summary>
    /// Who is on stage by the journal, before a resume token or a media session says more about them.
    /// </summary>
    private Participation Unknown(LiveRoom room, Person person) =>
        new(
            options.ApiKeys[0].Id,
            room.Id.Value,
            person.Id.Value,
            person.Identity.Value,
            person.Name,
            person.MediaId.Value,
            Stay: "",
            TokenMaySpeak: false,
            MayListen: false,
            ParticipationKind.Live,
            rooms.Now(),
            Resource: null,
            Session: null,
            Node: null
        );

    private Participant? Recognize(LiveRoom room, Participation stay)
    {
        var participant = room.People.Find(stay.ParticipantId);
        if (participant is null)
        {
            if (
                room.People.Find(new Identity(stay.Identity)) is not null
                || room.People.HasMediaId(new MediaId(stay.MediaId))
            )
            {
                return null;
            }

            participant = room.People.Add(stay);
            participant.LostAt = stay.Kind == ParticipationKind.Live ? rooms.Now() : null;
            room.AttendanceChanged();
        }
        else if (participant.Participation.Stay.Length == 0)
        {
            room.People.Replace(participant, stay);
            participant.LostAt = stay.Kind == ParticipationKind.Live ? participant.LostAt : null;
        }

        return participant.Participation.Stay == stay.Stay ? participant : null;
    }

    /// <summary>Nobody waits for it; what goes wrong is logged.</summary>
    private void Watch(Task task) =>
        _ = task.ContinueWith(
            failed => SignalingLog.BackgroundFailed(logger, failed.Exception),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
}
