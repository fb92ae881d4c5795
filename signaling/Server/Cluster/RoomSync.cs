using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>Keeps who is here and what all nodes know of it in step, both ways.</summary>
/// <remarks>
/// Every method may throw <see cref="RoomStoreUnavailableException"/>; then it is done again later; nothing is lost.
/// </remarks>
internal sealed class RoomSync(
    IPlaces places,
    INodes nodes,
    ClusterNode self,
    SfuCluster sfu,
    ParticipantMedia media,
    NodeMessenger messenger,
    ClusterTimings timings,
    TimeProvider time,
    ILogger<RoomSync> logger
)
{
    private const int PageSize = 500;

    /// <summary>Writes what changed here since the last time.</summary>
    /// <returns>How many of this node listen.</returns>
    public async Task<int> WriteAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        (List<Participant> Changed, List<Place> Left) changes;
        Place[] granted;
        int listeners;
        using (await room.EnterAsync(cancellationToken))
        {
            changes = room.People.TakeChanges();
            granted =
            [
                .. changes.Changed.Where(person => person.Fence > 0).Select(person => person.PlaceOn(self.Name)),
            ];
            listeners = room.People.ListenerCount(room.Current);
        }

        try
        {
            if (granted.Length + changes.Left.Count > 0)
            {
                var superseded = await places.ChangeAsync(room.Id, granted, changes.Left, cancellationToken);
                using (await room.EnterAsync(cancellationToken))
                {
                    room.People.Written(changes.Left);
                }

                foreach (var id in superseded)
                {
                    await RecoverAsync(room, id, cancellationToken);
                }
            }

            foreach (var participant in changes.Changed.Where(person => person.Fence == 0))
            {
                await RecoverAsync(room, participant.Id, cancellationToken);
            }

            return listeners;
        }
        catch (RoomStoreUnavailableException)
        {
            Attendance.PutBack(changes.Changed);
            throw;
        }
    }

    /// <summary>Says how many listen here, hears it of the others, and mends what does not agree.</summary>
    public async Task TallyAsync(LiveRoom room, int listeners, CancellationToken cancellationToken)
    {
        var share = room.Share;
        var tally = await nodes.TallyAsync(room.Id, self.Name, listeners, cancellationToken);
        if (listeners != share.ListenersTold)
        {
            share.ListenersTold = listeners;
            messenger.TellTally(room.Id);
        }

        share.ListenersElsewhere = tally
            .Listeners.Where(entry => entry.Key != self.Name && self.IsLiving(entry.Key))
            .Sum(entry => entry.Value);
        share.PlacesElsewhere = tally.Places - tally.PlacesHere;
        int here;
        using (await room.EnterAsync(cancellationToken))
        {
            room.AttendanceChanged();
            here = room.People.Count;
        }

        MoveMedia(room, tally.MediaNode);
        share.Mismatches = here == tally.PlacesHere ? 0 : share.Mismatches + 1;
        if (share.Mismatches >= 2)
        {
            share.Mismatches = 0;
            await AuditAsync(room, cancellationToken);
        }
    }

    /// <summary>Somebody's place may be another node's: takes it back where that is right, and else lets go.</summary>
    public async Task RecoverAsync(LiveRoom room, ParticipantId id, CancellationToken cancellationToken)
    {
        Participant? participant;
        Place wanted;
        using (await room.EnterAsync(cancellationToken))
        {
            participant = room.People.Find(id);
            if (participant is null)
            {
                return;
            }

            wanted = participant.PlaceOn(self.Name);
        }

        var there = (await places.FindAsync(room.Id, [id], cancellationToken))[0];
        if (there is not null && there.Node == self.Name && there.Fence == wanted.Fence)
        {
            return;
        }

        if (wanted.Fence > 0 && !wanted.Connected && there is not null)
        {
            await LetGoAsync(room, participant, there);
            return;
        }

        var outcome = await places.ClaimAsync(room.Id, wanted, ClaimKind.Restore, cancellationToken);
        if (outcome is { Verdict: ClaimVerdict.Granted, Now: { } now })
        {
            if (outcome.Before is { } before && before.Node != self.Name)
            {
                messenger.TellMoved(before.Node, room.Id, before.Participant);
            }

            participant.Granted(now);
            participant.Touch();
            participant.Media?.Applied = null; // Whoever had it meanwhile may have said something else.
            await media.SettleAsync(room, participant);
        }
        else if (outcome.Before is { } winner)
        {
            await LetGoAsync(room, participant, winner);
        }
    }

    /// <summary>Removes people from the stage whom no node has known for a while: the store was away when they
    /// left.</summary>
    public async Task ExorciseAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        ParticipantId[] unknown;
        using (await room.EnterAsync(cancellationToken))
        {
            unknown =
            [
                .. room
                    .Current.Stage.Select(member => member.Person.Id)
                    .Where(id => room.People.Find(id) is null && !room.Share.Pending.ContainsKey(id)),
            ];
        }

        var found = unknown.Length > 0 ? await places.FindAsync(room.Id, unknown, cancellationToken) : [];
        var ghosts = room.Share.Ghosts;
        var absent = unknown.Where((_, index) => found[index] is null).ToHashSet();
        foreach (var back in ghosts.Keys.Where(id => !absent.Contains(id)).ToArray())
        {
            ghosts.Remove(back);
        }

        foreach (var id in absent)
        {
            if (ghosts.TryAdd(id, time.GetTimestamp()) || time.GetElapsedTime(ghosts[id]) < timings.GhostAge)
            {
                continue;
            }

            ghosts.Remove(id);
            await room.ExecuteAsync(new RoomCommand.Leave(id, time.GetUtcNow()), cancellationToken);
        }
    }

    private async Task LetGoAsync(LiveRoom room, Participant participant, Place winner)
    {
        MediaSession? session;
        using (await room.EnterAsync(CancellationToken.None))
        {
            if (!room.People.Forget(participant))
            {
                return;
            }

            room.AttendanceChanged();
            participant.Connection?.End(
                GoodbyeReason.Replaced,
                GoodbyeAction.Stop,
                winner.Stay == participant.Participation.Stay
                    ? "The connection was taken up elsewhere."
                    : "The same account joined from elsewhere."
            );
            participant.Connection = null;
            session = participant.ExchangeMedia(null);
            if (winner.Participant != participant.Id)
            {
                await room.CommitAsync(new RoomCommand.Leave(participant.Id, time.GetUtcNow()), CancellationToken.None);
            }
        }

        SignalingLog.LetGo(logger, room.Id, participant.Id, winner.Node.Value);
        if (session is not null && Places.TryRead(winner, out var stay) && stay.Session == session.Id)
        {
            sfu.Forget(session); // It goes on, and is the other node's.
        }
        else if (session is not null)
        {
            await sfu.CloseAsync(session);
        }
    }

    /// <summary>Looks at every place of this node one by one.</summary>
    private async Task AuditAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        HashSet<ParticipantId> here;
        using (await room.EnterAsync(cancellationToken))
        {
            here = [.. room.People.All.Select(participant => participant.Id)];
        }

        var known = new HashSet<ParticipantId>();
        ImmutableArray<Place> page;
        for (var after = 0L; !(page = await PageAsync(room, after, cancellationToken)).IsEmpty; after = page[^1].Order)
        {
            foreach (var place in page.Where(place => place.Node == self.Name))
            {
                known.Add(place.Participant);
                if (!here.Contains(place.Participant))
                {
                    await ReleaseForgottenAsync(room, place, cancellationToken);
                }
            }
        }

        foreach (var id in here.Except(known))
        {
            await RecoverAsync(room, id, cancellationToken);
        }
    }

    private ValueTask<ImmutableArray<Place>> PageAsync(
        LiveRoom room,
        long after,
        CancellationToken cancellationToken
    ) => places.PageAsync(room.Id, after, PageSize, cancellationToken);

    /// <summary>A place of this node with nobody in it: they left while the store was away.</summary>
    private async Task ReleaseForgottenAsync(LiveRoom room, Place place, CancellationToken cancellationToken)
    {
        using (await room.EnterAsync(cancellationToken))
        {
            if (room.Share.Pending.ContainsKey(place.Participant) || room.People.Find(place.Participant) is not null)
            {
                return;
            }
        }

        await places.ChangeAsync(room.Id, [], [place], cancellationToken);
        if (Places.TryRead(place, out var stay) && stay.Session is { } session && sfu.Find(stay.Node) is { } node)
        {
            await sfu.CloseAsync(node, session);
        }
    }

    /// <summary>The room's media is elsewhere by now: people here open it anew, there.</summary>
    private void MoveMedia(LiveRoom room, string agreed)
    {
        if (sfu.Find(agreed) is not { IsAlive: true } node || node == room.Node)
        {
            return;
        }

        room.Node = node;
        foreach (var session in sfu.SessionsOf(room).Where(session => session.Node != node).ToArray())
        {
            sfu.Lose(session, MediaLostReason.NodeLost);
            _ = sfu.CloseAsync(session);
        }
    }
}
