using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>Records in memory that can be away, as Redis can.</summary>
internal sealed class FailingRecordStore : IRecordStore
{
    private readonly InMemoryRecordStore _records = new();
    private volatile bool _isAway;

    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    private InMemoryRecordStore Records =>
        IsAway ? throw new RoomStoreUnavailableException("made to be away") : _records;

    public ValueTask<StoredRecord?> LoadAsync(RecordKey key, CancellationToken cancellationToken) =>
        Records.LoadAsync(key, cancellationToken);

    public ValueTask<ImmutableArray<StoredRecord?>> LoadManyAsync(
        IReadOnlyList<RecordKey> keys,
        CancellationToken cancellationToken
    ) => Records.LoadManyAsync(keys, cancellationToken);

    public ValueTask<bool> TrySaveAsync(
        RecordKey key,
        long expectedVersion,
        string json,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    ) => Records.TrySaveAsync(key, expectedVersion, json, lifetime, cancellationToken);

    public ValueTask<bool> TryDeleteAsync(RecordKey key, long expectedVersion, CancellationToken cancellationToken) =>
        Records.TryDeleteAsync(key, expectedVersion, cancellationToken);

    public ValueTask<ImmutableArray<StoredRecord>> ListAsync(
        string kind,
        string partition,
        string? afterId,
        int count,
        CancellationToken cancellationToken
    ) => Records.ListAsync(kind, partition, afterId, count, cancellationToken);

    public IDisposable Watch(string kind, Action<RecordKey?> changed) => _records.Watch(kind, changed);

    public ValueTask QuarantineAsync(StoredRecord record, string reason, CancellationToken cancellationToken) =>
        Records.QuarantineAsync(record, reason, cancellationToken);
}
