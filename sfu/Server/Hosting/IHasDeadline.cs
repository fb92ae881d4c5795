using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>Something that a <see cref="DeadlineQueue{T}"/> keeps.</summary>
internal interface IHasDeadline
{
    /// <summary>When it wants to be called, or null for never.</summary>
    Instant? NextTimeout { get; }

    /// <summary>The queue's own note: for when its valid entry stands.</summary>
    Instant? QueuedFor { get; set; }
}
