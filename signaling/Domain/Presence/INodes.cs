using System.Collections.Immutable;

namespace Spaces.Signaling.Domain.Presence;

/// <summary>Which signaling nodes live, how many people each has, and what becomes of those of a dead one.</summary>
/// <remarks>As <see cref="IPlaces"/>. Leases run by the store's clock; no node's own clock matters.</remarks>
public interface INodes
{
    /// <summary>Renews a node's lease.</summary>
    ValueTask<NodeCensus> BeatAsync(NodeName node, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Ends a node's lease at once: it is shutting down.</summary>
    ValueTask RetireAsync(NodeName node, CancellationToken cancellationToken);

    /// <summary>Says how many listen on a node, and gives what all nodes said.</summary>
    ValueTask<RoomTally> TallyAsync(RoomId room, NodeName node, int listeners, CancellationToken cancellationToken);

    /// <summary>
    /// Hands places of a dead node to a living one, as people whose connection is lost. Of several nodes that ask, each
    /// gets others.
    /// </summary>
    /// <returns>At most <paramref name="count"/>; none when all are handed over.</returns>
    ValueTask<ImmutableArray<Place>> AdoptAsync(
        RoomId room,
        NodeName from,
        NodeName to,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Agrees on the media node of a room: the stored one, unless there is none or it is <paramref name="insteadOf"/>;
    /// then <paramref name="wanted"/>, for all nodes.
    /// </summary>
    ValueTask<string> AgreeOnMediaAsync(
        RoomId room,
        string wanted,
        string? insteadOf,
        CancellationToken cancellationToken
    );

    /// <summary>Everything about a room that is over.</summary>
    ValueTask ForgetAsync(RoomId room, CancellationToken cancellationToken);
}

/// <summary>The nodes as the store's clock sees them.</summary>
/// <param name="Living">Their lease runs.</param>
/// <param name="Dead">Their lease ran out in the last day, or they said goodbye.</param>
public sealed record NodeCensus(ImmutableHashSet<NodeName> Living, ImmutableHashSet<NodeName> Dead);

/// <summary>How full a room is.</summary>
/// <param name="Listeners">As each node said last, living or dead.</param>
/// <param name="PlacesHere">Places of the node that asked.</param>
/// <param name="Places">Places of all nodes.</param>
/// <param name="MediaNode">The agreed media node; empty: none yet.</param>
public sealed record RoomTally(
    ImmutableDictionary<NodeName, int> Listeners,
    int PlacesHere,
    int Places,
    string MediaNode
);
