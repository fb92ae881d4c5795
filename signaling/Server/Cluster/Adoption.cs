using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>
/// Takes on the people of a signaling node that died, as people whose connection is lost: their media goes on, what is
/// decided about them is enforced, they may resume anywhere, and who does not come back leaves in the end.
/// </summary>
internal sealed class Adoption(
    IRoomStore store,
    INodes nodes,
    ClusterNode self,
    RoomDirectory rooms,
    RoomPeople people,
    ParticipantMedia media,
    RoomKeeper keeper,
    SfuCluster sfu,
    TimeProvider time,
    ILogger<Adoption> logger
)
{
    private const int BatchSize = 100;
    private const int PageSize = 200;

    /// <summary>Of several nodes that do it at once, each takes on others.</summary>
    /// <exception cref="RoomStoreUnavailableException">Not all was done; do it again.</exception>
    public async Task AdoptAsync(NodeName dead, CancellationToken cancellationToken)
    {
        var count = 0;
        RoomPosition? after = null;
        while (await store.ListLiveAsync(after, PageSize, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var room in page)
            {
                count += await AdoptAsync(room.Id, dead, cancellationToken);
            }

            after = RoomPosition.Of(page[^1]);
        }

        SignalingLog.NodeAdopted(logger, dead.Value, count);
        foreach (var node in sfu.Nodes.Where(node => node.IsAlive))
        {
            await CloseOrphansAsync(node, dead, cancellationToken);
        }
    }

    private async Task<int> AdoptAsync(RoomId id, NodeName dead, CancellationToken cancellationToken)
    {
        var count = 0;
        while (await nodes.AdoptAsync(id, dead, self.Name, BatchSize, cancellationToken) is { IsEmpty: false } adopted)
        {
            count += adopted.Length;
            foreach (var place in adopted)
            {
                await SeatAsync(place, id, cancellationToken);
            }
        }

        return count;
    }

    private async Task SeatAsync(Place place, RoomId id, CancellationToken cancellationToken)
    {
        var found = await rooms.FindLiveAsync(id.Value, cancellationToken);
        if (found.IsRefused(out _, out var room) || !Places.TryRead(place, out var stay))
        {
            return; // Its place goes with the room; or the next look at the places here finds nobody in it.
        }

        Participant participant;
        using (await room.EnterAsync(cancellationToken))
        {
            if (room.IsOver || room.People.Find(place.Participant) is not null)
            {
                return;
            }

            participant = room.People.Add(stay);
            participant.Granted(place);
            participant.Muted = room.Current.OnStage(place.Participant)?.Person.Muted ?? place.Muted;
            participant.LostAt = stay.Kind == ParticipationKind.Live ? time.GetUtcNow() : null;
            participant.LossShown = room.Current.OnStage(place.Participant) is { Connected: false };
            room.AttendanceChanged();
            people.AdoptMedia(room, participant, stay);
        }

        _ = media.SettleLaterAsync(room, participant);
    }

    /// <summary>Sessions that the dead node opened, and that nobody came to have.</summary>
    private async Task CloseOrphansAsync(SfuNode node, NodeName dead, CancellationToken cancellationToken)
    {
        foreach (var found in await node.SessionsAsync(cancellationToken))
        {
            if (
                ResumeTokens.TryReadContext(found.Context.Span, out var stay)
                && stay.Home == dead.Value
                && await keeper.IsOrphanAsync(found, stay, cancellationToken)
            )
            {
                SignalingLog.OrphanClosed(logger, node.Name, found.RoomId);
                await sfu.CloseAsync(node, found.SessionId);
            }
        }
    }
}
