using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>Where everything lives that is not a room. Every implementation passes RecordStoreContract.</summary>
/// <remarks>
/// <para>Every method may throw <see cref="RoomStoreUnavailableException"/>: the store did not answer.</para>
/// <para>Most callers want <see cref="Records{T}"/>, which reads and writes the JSON.</para>
/// </remarks>
public interface IRecordStore
{
    /// <summary>The record, or null when there is none (any more).</summary>
    ValueTask<StoredRecord?> LoadAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>One answer for each key, in their order; a round trip for each partition.</summary>
    ValueTask<ImmutableArray<StoredRecord?>> LoadManyAsync(
        IReadOnlyList<RecordKey> keys,
        CancellationToken cancellationToken
    );

    /// <summary>Writes the record if nobody else did since.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="expectedVersion">The version the caller read; 0: there must be none.</param>
    /// <param name="json">What <see cref="RecordJson{T}"/> wrote.</param>
    /// <param name="lifetime">It is gone after this, by the clock of the store; null: it stays.</param>
    /// <param name="cancellationToken">Stops waiting; the write may still have happened.</param>
    /// <returns>False when somebody else wrote in between: read again and decide again.</returns>
    ValueTask<bool> TrySaveAsync(
        RecordKey key,
        long expectedVersion,
        string json,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    );

    /// <returns>False when somebody else wrote in between, or deleted it.</returns>
    ValueTask<bool> TryDeleteAsync(RecordKey key, long expectedVersion, CancellationToken cancellationToken);

    /// <summary>A page of a partition, by the ordinal order of the ids (of their UTF-8 form).</summary>
    /// <param name="kind">What is listed.</param>
    /// <param name="partition">Where.</param>
    /// <param name="afterId">The last id of the page before; null for the first page.</param>
    /// <param name="count">At most so many; fewer only when there are no more.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<ImmutableArray<StoredRecord>> ListAsync(
        string kind,
        string partition,
        string? afterId,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Calls <paramref name="changed"/> within about a second after a record of <paramref name="kind"/> was written or
    /// deleted on any node. A hint: it may come twice, and late after an outage.
    /// </summary>
    /// <param name="kind">What to watch.</param>
    /// <param name="changed">Which record, or null: anything may have changed, read anew. Any thread; must be short and
    /// not throw.</param>
    /// <returns>Ends the watch.</returns>
    IDisposable Watch(string kind, Action<RecordKey?> changed);

    /// <summary>Puts a record that nobody can read aside, unless somebody wrote it since: it is absent then.</summary>
    ValueTask QuarantineAsync(StoredRecord record, string reason, CancellationToken cancellationToken);
}
