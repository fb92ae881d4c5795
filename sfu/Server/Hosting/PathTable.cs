using System.Diagnostics.CodeAnalysis;
using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>Whose datagrams come over which path.</summary>
/// <remarks>
/// Source addresses can be forged: whoever has a session can send its genuine checks in the name of another
/// participant's address. So a path stays with its owner for as long as authentic traffic of theirs comes over it and
/// <see cref="HoldTime"/> longer; only a path that fell silent, or whose owner has gone, may be taken. Not thread-safe:
/// the worker owns it. Hot path in <see cref="TryFind"/>: no allocation.
/// </remarks>
/// <typeparam name="TOwner">A session.</typeparam>
internal sealed class PathTable<TOwner>
    where TOwner : class
{
    /// <summary>
    /// A connected client is heard at least every 6 s, the slowest rhythm of consent checks (RFC 7675 §5.1).
    /// </summary>
    public static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(10);

    private readonly Dictionary<NetworkPath, Entry> _entries = [];

    public bool TryFind(NetworkPath path, [NotNullWhen(true)] out Entry? entry) =>
        _entries.TryGetValue(path, out entry);

    /// <summary>Whether the path is the owner's already, nobody's, or was not heard of for long enough.</summary>
    public bool MayTake(NetworkPath path, TOwner owner, Instant now) =>
        !_entries.TryGetValue(path, out var entry) || entry.Owner == owner || now - entry.HeardAt >= HoldTime;

    /// <summary>An authentic check of the owner's came over the path. Ask <see cref="MayTake"/> before.</summary>
    /// <returns>Whether the path is new to the owner.</returns>
    public bool Take(NetworkPath path, TOwner owner, Instant now)
    {
        if (_entries.TryGetValue(path, out var entry) && entry.Owner == owner)
        {
            entry.HeardAt = now;
            return false;
        }

        _entries[path] = new Entry(owner, now);
        return true;
    }

    /// <summary>Forgets the path, if it is still the owner's.</summary>
    public void Remove(NetworkPath path, TOwner owner)
    {
        if (_entries.TryGetValue(path, out var entry) && entry.Owner == owner)
        {
            _entries.Remove(path);
        }
    }

    public void Clear() => _entries.Clear();

    /// <summary>Who owns a path.</summary>
    internal sealed class Entry(TOwner owner, Instant heardAt)
    {
        public TOwner Owner { get; } = owner;

        /// <summary>When authentic traffic of the owner's last came over the path.</summary>
        public Instant HeardAt { get; set; } = heardAt;
    }
}
