using System.Collections.Concurrent;
using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Keeps who has blocked whom; the lists of people and hosts in live rooms are in memory.</summary>
/// <remarks>
/// A list in memory is read anew after a hint that it changed, and after a while without one; while the store does not
/// answer it goes on.
/// </remarks>
internal sealed class BlockBook : IDisposable
{
    /// <summary>Beyond this many lists in memory all are forgotten, and read again as they are needed.</summary>
    private const int CachedMax = 200_000;

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(60);

    private readonly Records<StoredBlocks> _records;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<Identity, Cached> _cache = new();
    private readonly IDisposable _watch;
    private long _generation;

    public BlockBook(IRecordStore store, TimeProvider time)
    {
        _time = time;
        _records = new Records<StoredBlocks>(
            store,
            "blocks",
            new RecordJson<StoredBlocks>(SafetyJson.Default.StoredBlocks, schema: 1)
        );
        _watch = _records.Watch(Hinted);
    }

    /// <summary>Somebody's list changed, on any node. Any thread; short, and never throws.</summary>
    public event Action? Changed;

    /// <summary>Somebody's list if it is in memory.</summary>
    public BlockList? Peek(Identity blocker) => _cache.TryGetValue(blocker, out var cached) ? cached.List : null;

    /// <summary>Whether the list in memory, if any, should be read anew.</summary>
    public bool IsStale(Identity blocker) =>
        !_cache.TryGetValue(blocker, out var cached)
        || cached.IsStale
        || _time.GetElapsedTime(cached.ReadAt) > FreshFor;

    /// <exception cref="RoomStoreUnavailableException">It was never read.</exception>
    public async ValueTask<BlockList> GetAsync(Identity blocker, CancellationToken cancellationToken)
    {
        if (!IsStale(blocker))
        {
            return Peek(blocker) ?? BlockList.Empty;
        }

        try
        {
            var generation = Interlocked.Read(ref _generation);
            var found = await _records.FindAsync(blocker.Value, RecordKey.Only, cancellationToken);
            return Keep(blocker, Read(found?.Value), generation);
        }
        catch (RoomStoreUnavailableException) when (Peek(blocker) is { } known)
        {
            return known;
        }
    }

    /// <returns>Null when it is blocked.</returns>
    public async Task<Refusal?> BlockAsync(Identity blocker, Identity blocked, CancellationToken cancellationToken)
    {
        RoomRefusal? refusal = null;
        await ChangeAsync(
            blocker,
            list =>
            {
                refusal =
                    list.Blocked.Count >= BlockList.CountMax && !list.Contains(blocked)
                        ? new RoomRefusal(
                            RefusalCode.ResourceExhausted,
                            $"You have blocked {BlockList.CountMax} accounts. Lift a block first."
                        )
                        : null;
                return refusal is null ? list.With(blocked, _time.GetUtcNow()) : list;
            },
            cancellationToken
        );
        return refusal is null ? null : Refusal.Of(refusal);
    }

    public Task UnblockAsync(Identity blocker, Identity blocked, CancellationToken cancellationToken) =>
        ChangeAsync(blocker, list => list.Without(blocked), cancellationToken);

    public void Dispose() => _watch.Dispose();

    private async Task ChangeAsync(
        Identity blocker,
        Func<BlockList, BlockList> change,
        CancellationToken cancellationToken
    )
    {
        var generation = Interlocked.Read(ref _generation);
        var written = await _records.UpdateAsync(
            blocker.Value,
            RecordKey.Only,
            stored =>
            {
                var before = Read(stored);
                var after = change(before);
                return ReferenceEquals(before, after) ? stored : new StoredBlocks(after.Blocked.ToDictionary());
            },
            lifetime: null,
            cancellationToken
        );
        Keep(blocker, Read(written?.Value), generation);
        Changed?.Invoke();
    }

    private static BlockList Read(StoredBlocks? stored) =>
        stored is null
            ? BlockList.Empty
            : new BlockList(stored.Blocked.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private BlockList Keep(Identity blocker, BlockList list, long generation)
    {
        if (_cache.Count >= CachedMax)
        {
            _cache.Clear();
        }

        _cache[blocker] = new Cached(list, _time.GetTimestamp(), generation != Interlocked.Read(ref _generation));
        return list;
    }

    private void Hinted(RecordKey? key)
    {
        Interlocked.Increment(ref _generation);
        if (key is { } changed)
        {
            MarkStale(new Identity(changed.Partition));
        }
        else
        {
            foreach (var blocker in _cache.Keys)
            {
                MarkStale(blocker);
            }
        }

        Changed?.Invoke();
    }

    private void MarkStale(Identity blocker)
    {
        if (_cache.TryGetValue(blocker, out var cached))
        {
            _cache.TryUpdate(blocker, cached with { IsStale = true }, cached);
        }
    }

    /// <param name="List">As it was read.</param>
    /// <param name="ReadAt">A timestamp.</param>
    /// <param name="IsStale">Some list, perhaps this, changed while it was read or since.</param>
    private sealed record Cached(BlockList List, long ReadAt, bool IsStale);
}
