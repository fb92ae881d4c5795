using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server.Stores;

/// <summary>Whether the shared store answers. The embedded one always does.</summary>
/// <remarks>
/// A node that never reached the store is not ready. One that lost it is: it serves the rooms it knows, and every other
/// node has lost it too; taking all of them out of rotation would make an outage of Redis one of the whole service.
/// </remarks>
internal sealed class StoreHealth(RedisConnection? redis)
{
    private volatile bool _wasUp;

    public bool IsUp => redis?.IsUp ?? true;

    /// <summary>It answers, or did once in the life of this process.</summary>
    public bool WasUp => _wasUp = _wasUp || IsUp;
}
