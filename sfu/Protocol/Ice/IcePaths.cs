namespace Spaces.Sfu.Protocol.Ice;

/// <summary>The few paths over which a peer has proven itself, and when each did so last.</summary>
/// <remarks>Hot path in <see cref="Contains"/>: no allocation. Bounded: the stalest gives way to a new one.</remarks>
internal sealed class IcePaths
{
    /// <summary>A phone with Wi-Fi, cellular and a VPN, each with IPv4 and IPv6, has six.</summary>
    public const int CountMax = 8;

    private readonly Entry[] _entries = new Entry[CountMax];
    private int _count;

    public bool Contains(NetworkPath path) => IndexOf(path) >= 0;

    public bool IsProven(NetworkPath path) => IndexOf(path) is >= 0 and var index && _entries[index].IsProven;

    /// <summary>When the path was checked last. Only for a path that is here.</summary>
    public Instant LastCheck(NetworkPath path) => _entries[IndexOf(path)].LastCheck;

    /// <summary>
    /// Notes a check, and makes room for a new path by dropping the stalest one but <paramref name="kept"/>.
    /// </summary>
    /// <param name="path">Where the check came from.</param>
    /// <param name="now">When.</param>
    /// <param name="isFresh">
    /// Whether it cannot have been a replay; once suffices for the path to count as proven.
    /// </param>
    /// <param name="kept">Must not be dropped.</param>
    public void Refresh(NetworkPath path, Instant now, bool isFresh, NetworkPath? kept)
    {
        var index = IndexOf(path);
        var isProven = isFresh || (index >= 0 && _entries[index].IsProven);
        if (index < 0)
        {
            index = _count < CountMax ? _count++ : StalestIndex(kept);
        }

        _entries[index] = new Entry(path, now, isProven);
    }

    /// <summary>Drops what was checked for the last time at <paramref name="limit"/> or before.</summary>
    public void RemoveStale(Instant limit)
    {
        for (var i = _count - 1; i >= 0; i--)
        {
            if (_entries[i].LastCheck <= limit)
            {
                _entries[i] = _entries[--_count];
            }
        }
    }

    /// <summary>The proven path checked last, if that was after <paramref name="limit"/>.</summary>
    public NetworkPath? Freshest(Instant limit)
    {
        NetworkPath? freshest = null;
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].IsProven && _entries[i].LastCheck > limit)
            {
                (freshest, limit) = (_entries[i].Path, _entries[i].LastCheck);
            }
        }

        return freshest;
    }

    private int IndexOf(NetworkPath path)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].Path == path)
            {
                return i;
            }
        }

        return -1;
    }

    private int StalestIndex(NetworkPath? kept)
    {
        var stalest = -1;
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].Path != kept && (stalest < 0 || _entries[i].LastCheck < _entries[stalest].LastCheck))
            {
                stalest = i;
            }
        }

        return stalest;
    }

    private readonly record struct Entry(NetworkPath Path, Instant LastCheck, bool IsProven);
}
