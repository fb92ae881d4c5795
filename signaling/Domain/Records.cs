using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>A record that was read.</summary>
public sealed record Record<T>(RecordKey Key, long Version, T Value)
    where T : class;

/// <summary>The records of one kind, as values.</summary>
/// <remarks>
/// What cannot be read is put into quarantine by the store and counts as absent. What a later release wrote counts as
/// absent too, but stays, and writes over it fail: two releases can run side by side.
/// </remarks>
public sealed class Records<T>(IRecordStore store, string kind, RecordJson<T> json)
    where T : class
{
    /// <summary>Tries of <see cref="UpdateAsync"/> before it says that the store is too busy.</summary>
    private const int TriesMax = 100;

    private const int PageMax = 1_000;

    public RecordKey Key(string partition, string id) => new(kind, partition, id);

    public async ValueTask<Record<T>?> FindAsync(string partition, string id, CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync(Key(partition, id), cancellationToken);
        return stored is null ? null : await ReadAsync(stored, cancellationToken);
    }

    /// <summary>One answer for each key, in their order.</summary>
    public async ValueTask<ImmutableArray<Record<T>?>> FindManyAsync(
        IReadOnlyList<RecordKey> keys,
        CancellationToken cancellationToken
    )
    {
        var stored = await store.LoadManyAsync(keys, cancellationToken);
        var found = ImmutableArray.CreateBuilder<Record<T>?>(stored.Length);
        foreach (var record in stored)
        {
            found.Add(record is null ? null : await ReadAsync(record, cancellationToken));
        }

        return found.MoveToImmutable();
    }

    /// <inheritdoc cref="IRecordStore.TrySaveAsync"/>
    public ValueTask<bool> TrySaveAsync(
        string partition,
        string id,
        long expectedVersion,
        T value,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    ) => store.TrySaveAsync(Key(partition, id), expectedVersion, json.Write(value), lifetime, cancellationToken);

    /// <inheritdoc cref="IRecordStore.TryDeleteAsync"/>
    public ValueTask<bool> TryDeleteAsync(
        string partition,
        string id,
        long expectedVersion,
        CancellationToken cancellationToken
    ) => store.TryDeleteAsync(Key(partition, id), expectedVersion, cancellationToken);

    /// <summary>Reads, changes and writes, anew whenever somebody else wrote in between.</summary>
    /// <param name="partition">Of the record.</param>
    /// <param name="id">Of the record.</param>
    /// <param name="change">From what is there (null: nothing) to what shall be; the same or null: nothing is written.
    /// May be called several times.</param>
    /// <param name="lifetime">Counted from the write; null: it stays.</param>
    /// <param name="cancellationToken">Stops waiting; the write may still have happened.</param>
    /// <returns>What is there now; null: nothing.</returns>
    public async ValueTask<Record<T>?> UpdateAsync(
        string partition,
        string id,
        Func<T?, T?> change,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var found = await FindAsync(partition, id, cancellationToken);
            var next = change(found?.Value);
            if (next is null || ReferenceEquals(next, found?.Value))
            {
                return found;
            }

            var version = found?.Version ?? 0;
            if (await TrySaveAsync(partition, id, version, next, lifetime, cancellationToken))
            {
                return new Record<T>(Key(partition, id), version + 1, next);
            }
        }

        throw new RoomStoreUnavailableException($"A record of kind {kind} could not be written: others write it too.");
    }

    /// <inheritdoc cref="IRecordStore.ListAsync"/>
    public async ValueTask<ImmutableArray<Record<T>>> ListAsync(
        string partition,
        string? afterId,
        int count,
        CancellationToken cancellationToken
    )
    {
        var found = ImmutableArray.CreateBuilder<Record<T>>();
        while (found.Count < count)
        {
            var wanted = Math.Min(count - found.Count, PageMax);
            var page = await store.ListAsync(kind, partition, afterId, wanted, cancellationToken);
            foreach (var stored in page)
            {
                afterId = stored.Key.Id;
                if (await ReadAsync(stored, cancellationToken) is { } record)
                {
                    found.Add(record);
                }
            }

            if (page.Length < wanted)
            {
                break;
            }
        }

        return found.ToImmutable();
    }

    /// <inheritdoc cref="IRecordStore.Watch"/>
    public IDisposable Watch(Action<RecordKey?> changed) => store.Watch(kind, changed);

    private async ValueTask<Record<T>?> ReadAsync(StoredRecord stored, CancellationToken cancellationToken)
    {
        var reading = json.Read(stored.Json, out var value, out var problem);
        if (reading == RecordReading.Unreadable)
        {
            await store.QuarantineAsync(stored, problem, cancellationToken);
        }

        return value is null ? null : new Record<T>(stored.Key, stored.Version, value);
    }
}
