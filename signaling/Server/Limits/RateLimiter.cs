namespace Spaces.Signaling.Server.Limits;

/// <summary>
/// Counts how often each of many does something: a token bucket a key (GCRA: one moment a key says it all).
/// </summary>
/// <remarks>
/// Any thread. Memory is bounded: of more than <paramref name="keysMax"/> keys the one that was quiet longest is
/// forgotten, which is the one that most likely has its whole burst again anyway.
/// </remarks>
internal sealed class RateLimiter(RateLimit limit, TimeProvider time, int keysMax = RateLimiter.KeysMaxDefault)
{
    private const int KeysMaxDefault = 50_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private readonly long _interval = (long)(limit.Interval.TotalSeconds * time.TimestampFrequency);

    /// <summary>Keys that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <param name="key">Who.</param>
    /// <param name="retryAfter">When it will be allowed again; zero when it is now.</param>
    /// <returns>False: too often. Nothing was counted then.</returns>
    public bool TryTake(string key, out TimeSpan retryAfter)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var node = Touch(key, now);
            var next = Math.Max(node.Value.RestedAt, now) + _interval;
            var early = next - now - (_interval * limit.Burst);
            if (early > 0)
            {
                retryAfter = TimeSpan.FromSeconds((double)early / time.TimestampFrequency);
                return false;
            }

            node.Value = node.Value with { RestedAt = next };
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Takes back what <see cref="TryTake"/> counted: it came to nothing.</summary>
    public void Return(string key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                node.Value = node.Value with { RestedAt = node.Value.RestedAt - _interval };
            }
        }
    }

    private LinkedListNode<Entry> Touch(string key, long now)
    {
        if (_entries.TryGetValue(key, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node;
        }

        if (_entries.Count >= keysMax)
        {
            _entries.Remove(_byUse.First!.Value.Key);
            _byUse.RemoveFirst();
        }

        node = _byUse.AddLast(new Entry(key, now));
        _entries[key] = node;
        return node;
    }

    /// <param name="Key">Who.</param>
    /// <param name="RestedAt">When they have their whole burst again, as a timestamp.</param>
    private readonly record struct Entry(string Key, long RestedAt);
}
