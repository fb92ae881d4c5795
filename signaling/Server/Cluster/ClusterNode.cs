using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>This process as one of the signaling nodes, and what it last heard of the others.</summary>
internal sealed class ClusterNode(bool isShared)
{
    private volatile NodeCensus _census = new([], []);
    private volatile bool _isStoreAway;

    public NodeName Name { get; } = new(RandomIds.Next());

    /// <summary>False: this process has its store to itself, and people are known again by their media alone.</summary>
    public bool IsShared => isShared;

    /// <summary>As of the last answer of the store.</summary>
    public NodeCensus Census
    {
        get => _census;
        set => _census = value;
    }

    /// <summary>The store did not answer the last beat: what is known here is all there is.</summary>
    public bool IsStoreAway
    {
        get => _isStoreAway;
        set => _isStoreAway = value;
    }

    public bool IsLiving(NodeName node) => node == Name || _census.Living.Contains(node);
}
