using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>Keeps records in memory and every change in a journal on disk, so that a restart loses none.</summary>
/// <remarks>
/// See <see cref="CompactedJournal"/> and <see cref="RoomJournal"/> for what a crash can and cannot lose. Any thread.
/// </remarks>
public sealed class JournaledRecordStore : IRecordStore, IDisposable
{
    /// <summary>Bytes of <c>records.quarantine</c>, beyond which no more is put aside there.</summary>
    private const long QuarantineLengthMax = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly InMemoryRecordStore _records;
    private readonly CompactedJournal _journal;
    private readonly TimeProvider _time;
    private readonly string _quarantine;

    private JournaledRecordStore(
        InMemoryRecordStore records,
        CompactedJournal journal,
        TimeProvider time,
        string quarantine
    ) => (_records, _journal, _time, _quarantine) = (records, journal, time, quarantine);

    /// <summary>Opens the journal in <paramref name="directory"/>, making both if need be.</summary>
    /// <param name="directory">Owned by one process.</param>
    /// <param name="time">By which lifetimes end.</param>
    /// <param name="observer">Told of unreadable records.</param>
    /// <param name="cutOff">Bytes of a torn or damaged tail, moved to <c>records.journal.damaged</c>.</param>
    /// <exception cref="InvalidDataException">The journal is of another schema version.</exception>
    /// <exception cref="IOException">The directory cannot be used, or another process has the journal open.</exception>
    public static JournaledRecordStore Open(
        string directory,
        TimeProvider time,
        IStoreObserver observer,
        out long cutOff
    )
    {
        var records = new InMemoryRecordStore(time, observer);
        var journal = CompactedJournal.Open(
            directory,
            "records",
            record => TryRead(record.Span, records),
            () => records.All().Select(Encode),
            RoomJournal.OpenFile,
            out cutOff
        );
        return new JournaledRecordStore(records, journal, time, Path.Combine(directory, "records.quarantine"));
    }

    public ValueTask<StoredRecord?> LoadAsync(RecordKey key, CancellationToken cancellationToken) =>
        _records.LoadAsync(key, cancellationToken);

    public ValueTask<ImmutableArray<StoredRecord?>> LoadManyAsync(
        IReadOnlyList<RecordKey> keys,
        CancellationToken cancellationToken
    ) => _records.LoadManyAsync(keys, cancellationToken);

    public ValueTask<ImmutableArray<StoredRecord>> ListAsync(
        string kind,
        string partition,
        string? afterId,
        int count,
        CancellationToken cancellationToken
    ) => _records.ListAsync(kind, partition, afterId, count, cancellationToken);

    public IDisposable Watch(string kind, Action<RecordKey?> changed) => _records.Watch(kind, changed);

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
            if ((_records.Find(key)?.Record.Version ?? 0) != expectedVersion)
            {
                return ValueTask.FromResult(false);
            }

            var next = new KeptRecord(new StoredRecord(key, expectedVersion + 1, json), _time.GetUtcNow() + lifetime);
            _journal.Append(Encode(next));
            _records.Put(next);
            _journal.CompactIfGrown();
        }

        _records.Tell(key);
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryDeleteAsync(RecordKey key, long expectedVersion, CancellationToken cancellationToken)
    {
        key.Check();
        lock (_gate)
        {
            if (_records.Find(key)?.Record.Version != expectedVersion)
            {
                return ValueTask.FromResult(false);
            }

            AppendRemoval(key);
            _records.Remove(key);
        }

        _records.Tell(key);
        return ValueTask.FromResult(true);
    }

    /// <summary>Puts the record into <c>records.quarantine</c>, a line of JSON each.</summary>
    public ValueTask QuarantineAsync(StoredRecord record, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_gate)
        {
            if (_records.Find(record.Key) is not { } kept || kept.Record != record)
            {
                return ValueTask.CompletedTask;
            }

            PutAside(Encode(kept));
            AppendRemoval(record.Key);
        }

        return _records.QuarantineAsync(record, reason, cancellationToken);
    }

    /// <summary>Forces every change so far to the disk; called about once a second.</summary>
    /// <exception cref="IOException">It could not, or a compaction since the last call failed.</exception>
    public void Flush()
    {
        lock (_gate)
        {
            _journal.Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _journal.Dispose();
        }
    }

    private void AppendRemoval(RecordKey key) =>
        _journal.Append(Encode(new RecordEntry(RecordEntry.Schema, key.Kind, key.Partition, key.Id, 0, null, null)));

    private void PutAside(byte[] line)
    {
        try
        {
            using var file = new FileStream(_quarantine, FileMode.Append, FileAccess.Write);
            if (file.Length < QuarantineLengthMax)
            {
                file.Write([.. line, (byte)'\n']);
            }
        }
        catch (IOException error)
        {
            throw new RoomStoreUnavailableException($"{_quarantine} could not be written.", error);
        }
    }

    private static byte[] Encode(KeptRecord kept)
    {
        var (key, version, json) = kept.Record;
        return Encode(new RecordEntry(RecordEntry.Schema, key.Kind, key.Partition, key.Id, version, json, kept.Until));
    }

    private static byte[] Encode(RecordEntry entry) =>
        JsonSerializer.SerializeToUtf8Bytes(entry, RecordEntryJson.Default.RecordEntry);

    private static bool TryRead(ReadOnlySpan<byte> record, InMemoryRecordStore records)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(record, RecordEntryJson.Default.RecordEntry);
            if (entry is null)
            {
                return false;
            }

            if (entry.V != RecordEntry.Schema)
            {
                throw new InvalidDataException(
                    $"The journal has records of schema {entry.V}, this program knows {RecordEntry.Schema}. "
                        + "Start the version that wrote it, or move records.journal away to begin with none."
                );
            }

            var key = new RecordKey(entry.Kind, entry.Partition, entry.Id);
            key.Check();
            if (entry.Json is { } json)
            {
                records.Put(new KeptRecord(new StoredRecord(key, entry.Version, json), entry.Until));
            }
            else
            {
                records.Remove(key);
            }

            return true;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>One record of the journal: a record as it was written, or, without JSON, that it was deleted.</summary>
internal sealed record RecordEntry(
    int V,
    string Kind,
    string Partition,
    string Id,
    long Version,
    string? Json,
    DateTimeOffset? Until
)
{
    public const int Schema = 1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(RecordEntry))]
internal sealed partial class RecordEntryJson : JsonSerializerContext;
