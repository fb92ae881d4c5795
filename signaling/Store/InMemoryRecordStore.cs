using System.Collections.Immutable;
using System.Text;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>Keeps records in this process alone: the embedded default.</summary>
/// <remarks>Any thread; every method is a short critical section, and watchers are told outside of it.</remarks>
public sealed class InMemoryRecordStore(TimeProvider time, IStoreObserver observer) : IRecordStore
{
    /// <summary>Unreadable records that are kept for whoever wants to know what they were.</summary>
    private const int QuarantineMax = 100;

    /// <summary>Writes between two looks for records whose time is over.</summary>
    private const int SweepInterval = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Partition), SortedDictionary<string, KeptRecord>> _parts = [];
    private readonly Queue<StoredRecord> _quarantine = new();
    private readonly Watchers<string, RecordKey?> _watchers = new();
    private int _writesSinceSweep;

    public InMemoryRecordStore()
        : this(TimeProvider.System, SilentStoreObserver.Instance) { }

    /// <summary>What was put aside, oldest first.</summary>
    internal ImmutableArray<StoredRecord> Quarantine
    {
        get
        {
            lock (_gate)
            {
                return [.. _quarantine];
            }
        }
    }

    public ValueTask<StoredRecord?> LoadAsync(RecordKey key, CancellationToken cancellationToken)
    {
        key.Check();
        lock (_gate)
        {
            return ValueTask.FromResult(Find(key)?.Record);
        }
    }

    public ValueTask<ImmutableArray<StoredRecord?>> LoadManyAsync(
        IReadOnlyList<RecordKey> keys,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            key.Check();
        }

        lock (_gate)
        {
            return ValueTask.FromResult<ImmutableArray<StoredRecord?>>([.. keys.Select(key => Find(key)?.Record)]);
        }
    }

    public ValueTask<bool> TrySaveAsync(
        RecordKey key,
        long expectedVersion,
        string json,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    )
    {
        key.Check();
        ArgumentNullException.ThrowIfNull(json);
        lock (_gate)
        {
            if ((Find(key)?.Record.Version ?? 0) != expectedVersion)
            {
                return ValueTask.FromResult(false);
            }

            Put(new KeptRecord(new StoredRecord(key, expectedVersion + 1, json), time.GetUtcNow() + lifetime));
        }

        Tell(key);
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryDeleteAsync(RecordKey key, long expectedVersion, CancellationToken cancellationToken)
    {
        key.Check();
        lock (_gate)
        {
            if (Find(key)?.Record.Version != expectedVersion)
            {
                return ValueTask.FromResult(false);
            }

            Remove(key);
        }

        Tell(key);
        return ValueTask.FromResult(true);
    }

    public ValueTask<ImmutableArray<StoredRecord>> ListAsync(
        string kind,
        string partition,
        string? afterId,
        int count,
        CancellationToken cancellationToken
    )
    {
        RecordKey.CheckKind(kind);
        RecordKey.CheckName(partition, nameof(partition));
        lock (_gate)
        {
            IEnumerable<KeyValuePair<string, KeptRecord>> part = _parts.TryGetValue((kind, partition), out var found)
                ? found
                : [];
            var now = time.GetUtcNow();
            return ValueTask.FromResult<ImmutableArray<StoredRecord>>([
                .. part.Where(entry => afterId is null || Utf8Order.Instance.Compare(entry.Key, afterId) > 0)
                    .Where(entry => !(entry.Value.Until <= now))
                    .Take(count)
                    .Select(entry => entry.Value.Record),
            ]);
        }
    }

    public IDisposable Watch(string kind, Action<RecordKey?> changed)
    {
        RecordKey.CheckKind(kind);
        return _watchers.Add(kind, changed);
    }

    public ValueTask QuarantineAsync(StoredRecord record, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_gate)
        {
            if (Find(record.Key)?.Record != record)
            {
                return ValueTask.CompletedTask;
            }

            Remove(record.Key);
            _quarantine.Enqueue(record);
            if (_quarantine.Count > QuarantineMax)
            {
                _quarantine.Dequeue();
            }
        }

        observer.Quarantined(record.Key.Kind, $"{record.Key.Partition}/{record.Key.Id}", reason);
        Tell(record.Key);
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells whoever watches the kind of <paramref name="key"/>.</summary>
    internal void Tell(RecordKey key) => _watchers.Tell(key.Kind, key);

    /// <summary>The record as it is kept, unless its time is over.</summary>
    internal KeptRecord? Find(RecordKey key)
    {
        lock (_gate)
        {
            return
                _parts.TryGetValue((key.Kind, key.Partition), out var part)
                && part.TryGetValue(key.Id, out var kept)
                && !(kept.Until <= time.GetUtcNow())
                ? kept
                : null;
        }
    }

    /// <summary>Takes a record over as it was stored before.</summary>
    internal void Put(KeptRecord kept)
    {
        lock (_gate)
        {
            var key = kept.Record.Key;
            if (!_parts.TryGetValue((key.Kind, key.Partition), out var part))
            {
                part = new SortedDictionary<string, KeptRecord>(Utf8Order.Instance);
                _parts[(key.Kind, key.Partition)] = part;
            }

            part[key.Id] = kept;
            if (++_writesSinceSweep >= SweepInterval)
            {
                Sweep();
            }
        }
    }

    internal void Remove(RecordKey key)
    {
        lock (_gate)
        {
            if (_parts.TryGetValue((key.Kind, key.Partition), out var part) && part.Remove(key.Id) && part.Count == 0)
            {
                _parts.Remove((key.Kind, key.Partition));
            }
        }
    }

    internal ImmutableArray<KeptRecord> All()
    {
        lock (_gate)
        {
            Sweep();
            return [.. _parts.Values.SelectMany(part => part.Values)];
        }
    }

    private void Sweep()
    {
        _writesSinceSweep = 0;
        var now = time.GetUtcNow();
        RecordKey[] over =
        [
            .. _parts
                .Values.SelectMany(part => part.Values)
                .Where(kept => kept.Until <= now)
                .Select(kept => kept.Record.Key),
        ];
        Array.ForEach(over, Remove);
    }
}

/// <summary>A record and when its time is over, by the clock of this machine; null: never.</summary>
internal sealed record KeptRecord(StoredRecord Record, DateTimeOffset? Until);

/// <summary>The order of Redis: by the bytes of the UTF-8 form.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    /// <summary>A code point takes at most four bytes.</summary>
    private const int BytesMax = 4 * RecordKey.LengthMax;

    public int Compare(string? x, string? y)
    {
        Span<byte> left = stackalloc byte[BytesMax];
        Span<byte> right = stackalloc byte[BytesMax];
        left = left[..Encoding.UTF8.GetBytes(x, left)];
        right = right[..Encoding.UTF8.GetBytes(y, right)];
        return left.SequenceCompareTo(right);
    }
}
