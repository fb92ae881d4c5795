using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Participant = Spaces.Signaling.Server.Rooms.Participant;
using Person = Spaces.Signaling.Domain.Person;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>People of a room wherever they are connected, and their places on this node.</summary>
/// <remarks>While the store is away only the people of this node are known.</remarks>
internal sealed class RoomPeople(IPlaces places, ClusterNode self, SfuCluster sfu, NodeMessenger messenger)
{
    /// <summary>Somebody in the room, on any node. Without the room's gate.</summary>
    public async Task<Person?> FindAsync(LiveRoom room, ParticipantId id, CancellationToken cancellationToken)
    {
        using (await room.EnterAsync(cancellationToken))
        {
            if (room.People.Find(id) is { } here)
            {
                return here.Person;
            }
        }

        return room.Current.OnStage(id)?.Person ?? (await FindPlaceAsync(room, id, cancellationToken))?.Person;
    }

    /// <summary>As the other, by account.</summary>
    public async Task<Person?> FindAsync(LiveRoom room, Identity identity, CancellationToken cancellationToken)
    {
        using (await room.EnterAsync(cancellationToken))
        {
            if (room.People.Find(identity) is { } here)
            {
                return here.Person;
            }
        }

        return room.Current.Stage.Find(identity)?.Person
            ?? (await FindPlaceAsync(room, identity, cancellationToken))?.Person;
    }

    /// <summary>Null too while the store is away.</summary>
    public async Task<Place?> FindPlaceAsync(LiveRoom room, ParticipantId id, CancellationToken cancellationToken)
    {
        if (self.IsStoreAway)
        {
            return null;
        }

        try
        {
            return (await places.FindAsync(room.Id, [id], cancellationToken))[0];
        }
        catch (RoomStoreUnavailableException)
        {
            return null;
        }
    }

    public async Task<Place?> FindPlaceAsync(LiveRoom room, Identity identity, CancellationToken cancellationToken)
    {
        if (self.IsStoreAway)
        {
            return null;
        }

        try
        {
            return await places.FindAsync(room.Id, identity, cancellationToken);
        }
        catch (RoomStoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>
    /// Claims somebody's place for this node. A node that had it before is told to let go; the media session it had is
    /// the caller's to close.
    /// </summary>
    /// <returns>Null while the store is away: they are here by what this node knows, and it is claimed later.</returns>
    public async Task<ClaimOutcome?> ClaimAsync(
        LiveRoom room,
        Participation stay,
        bool muted,
        bool isConnected,
        ClaimKind kind,
        CancellationToken cancellationToken
    )
    {
        if (self.IsStoreAway)
        {
            return null;
        }

        room.Share.Pending[stay.ParticipantId] = 0;
        try
        {
            var wanted = Places.Of(stay, self.Name, muted, isConnected);
            var outcome = await places.ClaimAsync(room.Id, wanted, kind, cancellationToken);
            TellLoser(room, outcome);
            return outcome;
        }
        catch (RoomStoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The claim has led to somewhere: to a participant here, or to nothing.</summary>
    public static void Seated(LiveRoom room, ParticipantId id) => room.Share.Pending.TryRemove(id, out _);

    /// <summary>Gives a place back that was claimed and is not taken after all.</summary>
    public async Task ReleaseAsync(LiveRoom room, Place place)
    {
        try
        {
            await places.ChangeAsync(room.Id, [], [place], CancellationToken.None);
        }
        catch (RoomStoreUnavailableException)
        {
            // The next look finds a place of this node with nobody in it.
        }
        finally
        {
            Seated(room, place.Participant);
        }
    }

    /// <summary>Closes the media session that somebody had on another node before they came here.</summary>
    public Task CloseMediaAsync(Place? before) =>
        before is not null
        && before.Node != self.Name
        && Places.TryRead(before, out var stay)
        && stay.Session is { } session
        && sfu.Find(stay.Node) is { } node
            ? sfu.CloseAsync(node, session)
            : Task.CompletedTask;

    /// <summary>Takes up the media session that another node opened for somebody who is here now.</summary>
    public MediaSession? AdoptMedia(LiveRoom room, Participant participant, Participation stay)
    {
        if (stay.Session is not { } id || sfu.Find(stay.Node) is not { IsAlive: true } node)
        {
            return null;
        }

        var session = new MediaSession(id, node, room) { IsOpen = true };
        sfu.Register(session);
        ParticipantMedia.Assign(participant, session);
        return session;
    }

    /// <summary>
    /// Waits until what the log says about somebody of another node is in force there.
    /// </summary>
    /// <returns>Null: it is, or nobody by that id is in the room.</returns>
    public async Task<Refusal?> SettleElsewhereAsync(
        LiveRoom room,
        ParticipantId id,
        CancellationToken cancellationToken
    )
    {
        var place = await FindPlaceAsync(room, id, cancellationToken);
        return
            place is null
            || place.Node == self.Name
            || await messenger.AskToSettleAsync(place.Node, room.Id, id, cancellationToken)
            ? null
            : ParticipantMedia.NotYetInForce();
    }

    /// <summary>As the other, by account.</summary>
    public async Task<Refusal?> SettleElsewhereAsync(
        LiveRoom room,
        Identity identity,
        CancellationToken cancellationToken
    ) =>
        await FindPlaceAsync(room, identity, cancellationToken) is { } place
            ? await SettleElsewhereAsync(room, place.Participant, cancellationToken)
            : null;

    /// <summary>Somebody in the room, on any node, whose connection is not lost. Without the room's gate.</summary>
    public async Task<Person?> FindConnectedAsync(LiveRoom room, Identity identity, CancellationToken cancellationToken)
    {
        using (await room.EnterAsync(cancellationToken))
        {
            if (room.People.Find(identity) is { } here)
            {
                return here.LostAt is null ? here.Person : null;
            }
        }

        return await FindPlaceAsync(room, identity, cancellationToken) is { Connected: true } place
            ? place.Person
            : null;
    }

    private void TellLoser(LiveRoom room, ClaimOutcome outcome)
    {
        if (outcome is { Verdict: ClaimVerdict.Granted, Before: { } before } && before.Node != self.Name)
        {
            messenger.TellMoved(before.Node, room.Id, before.Participant);
        }
    }
}
