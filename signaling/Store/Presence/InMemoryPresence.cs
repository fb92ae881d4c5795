using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Store.Presence;

/// <summary>Presence in this process alone: the embedded default, gone with the process.</summary>
/// <remarks>Any thread; every method is a short critical section.</remarks>
public sealed class InMemoryPresence(TimeProvider time) : IPlaces, INodes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RoomId, RoomPlaces> _rooms = [];
    private readonly Dictionary<NodeName, DateTimeOffset> _leases = [];

    public ValueTask<ImmutableArray<Place?>> FindAsync(
        RoomId room,
        IReadOnlyList<ParticipantId> participants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(participants);
        lock (_gate)
        {
            var places = _rooms.GetValueOrDefault(room);
            return ValueTask.FromResult<ImmutableArray<Place?>>([.. participants.Select(id => places?.Find(id))]);
        }
    }

    public ValueTask<Place?> FindAsync(RoomId room, Identity identity, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_rooms.GetValueOrDefault(room)?.Find(identity));
        }
    }

    public ValueTask<ClaimOutcome> ClaimAsync(
        RoomId room,
        Place wanted,
        ClaimKind kind,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        lock (_gate)
        {
            return ValueTask.FromResult(Of(room).Claim(wanted, kind));
        }
    }

    public ValueTask<ImmutableArray<ParticipantId>> ChangeAsync(
        RoomId room,
        IReadOnlyList<Place> changed,
        IReadOnlyList<Place> left,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(changed);
        ArgumentNullException.ThrowIfNull(left);
        lock (_gate)
        {
            var places = Of(room);
            foreach (var place in left)
            {
                places.Leave(place);
            }

            return ValueTask.FromResult<ImmutableArray<ParticipantId>>([
                .. changed.Where(place => !places.TryChange(place)).Select(place => place.Participant),
            ]);
        }
    }

    public ValueTask<ImmutableArray<Place>> PageAsync(
        RoomId room,
        long afterOrder,
        int count,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            return ValueTask.FromResult<ImmutableArray<Place>>([
                .. _rooms.GetValueOrDefault(room)?.After(afterOrder).Take(count) ?? [],
            ]);
        }
    }

    public ValueTask<NodeCensus> BeatAsync(NodeName node, TimeSpan lease, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _leases[node] = now + lease;
            var living = _leases.Where(entry => entry.Value > now).Select(entry => entry.Key).ToImmutableHashSet();
            return ValueTask.FromResult(new NodeCensus(living, [.. _leases.Keys.Except(living)]));
        }
    }

    public ValueTask RetireAsync(NodeName node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _leases[node] = DateTimeOffset.MinValue;
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<RoomTally> TallyAsync(
        RoomId room,
        NodeName node,
        int listeners,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            var places = Of(room);
            places.Listeners[node] = listeners;
            return ValueTask.FromResult(
                new RoomTally(
                    places.Listeners.ToImmutableDictionary(),
                    places.CountOf(node),
                    places.Count,
                    places.MediaNode
                )
            );
        }
    }

    public ValueTask<ImmutableArray<Place>> AdoptAsync(
        RoomId room,
        NodeName from,
        NodeName to,
        int count,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            if (!_rooms.TryGetValue(room, out var places))
            {
                return ValueTask.FromResult(ImmutableArray<Place>.Empty);
            }

            places.Listeners.Remove(from);
            return ValueTask.FromResult<ImmutableArray<Place>>([
                .. places.Of(from, count).Select(place => places.HandOver(place, to)),
            ]);
        }
    }

    public ValueTask<string> AgreeOnMediaAsync(
        RoomId room,
        string wanted,
        string? insteadOf,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            var places = Of(room);
            if (places.MediaNode.Length == 0 || places.MediaNode == insteadOf)
            {
                places.MediaNode = wanted;
            }

            return ValueTask.FromResult(places.MediaNode);
        }
    }

    public ValueTask ForgetAsync(RoomId room, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _rooms.Remove(room);
            return ValueTask.CompletedTask;
        }
    }

    private RoomPlaces Of(RoomId room)
    {
        if (!_rooms.TryGetValue(room, out var places))
        {
            _rooms.Add(room, places = new RoomPlaces());
        }

        return places;
    }
}
