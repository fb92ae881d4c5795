using System.Collections.Immutable;
using System.Globalization;
using Spaces.Signaling.Domain;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Keeps records in Redis, for any number of signaling nodes. <see cref="RedisKeys"/> tells where.</summary>
/// <remarks>Any thread. A partition lies in one slot: each method is one round trip for each partition.</remarks>
public sealed class RedisRecordStore : IRecordStore
{
    /// <summary>Records of one script: keeps each step inside Redis short.</summary>
    private const int BatchMax = 500;

    private readonly RedisConnection _redis;
    private readonly RedisKeys _keys;
    private readonly IStoreObserver _observer;

    public RedisRecordStore(RedisConnection redis, IStoreObserver observer)
    {
        ArgumentNullException.ThrowIfNull(redis);
        _redis = redis;
        _observer = observer;
        _keys = new RedisKeys(redis.Options.Prefix);
    }

    public async ValueTask<StoredRecord?> LoadAsync(RecordKey key, CancellationToken cancellationToken)
    {
        key.Check();
        return (await LoadPartAsync([key], cancellationToken))[0];
    }

    public async ValueTask<ImmutableArray<StoredRecord?>> LoadManyAsync(
        IReadOnlyList<RecordKey> keys,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            key.Check();
        }

        var parts = keys.Distinct().GroupBy(key => (key.Kind, key.Partition)).SelectMany(part => part.Chunk(BatchMax));
        var loaded = await Task.WhenAll(parts.Select(part => LoadPartAsync(part, cancellationToken)));
        var found = loaded.SelectMany(part => part).OfType<StoredRecord>().ToDictionary(record => record.Key);
        return [.. keys.Select(key => found.GetValueOrDefault(key))];
    }

    public async ValueTask<bool> TrySaveAsync(
        RecordKey key,
        long expectedVersion,
        string json,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    )
    {
        key.Check();
        ArgumentNullException.ThrowIfNull(json);
        RedisValue[] arguments =
        [
            expectedVersion,
            json,
            lifetime is { } time ? Math.Max(1, (long)time.TotalMilliseconds) : "",
            key.Id,
            _keys.KindChannel(key.Kind),
            Message(key),
        ];
        return await WriteAsync(key, RecordScripts.Save, arguments, cancellationToken);
    }

    public async ValueTask<bool> TryDeleteAsync(
        RecordKey key,
        long expectedVersion,
        CancellationToken cancellationToken
    )
    {
        key.Check();
        RedisValue[] arguments = [expectedVersion, key.Id, _keys.KindChannel(key.Kind), Message(key)];
        return await WriteAsync(key, RecordScripts.Delete, arguments, cancellationToken);
    }

    public async ValueTask<ImmutableArray<StoredRecord>> ListAsync(
        string kind,
        string partition,
        string? afterId,
        int count,
        CancellationToken cancellationToken
    )
    {
        RecordKey.CheckKind(kind);
        RecordKey.CheckName(partition, nameof(partition));
        var part = _keys.Partition(kind, partition);
        var found = ImmutableArray.CreateBuilder<StoredRecord>();
        while (found.Count < count)
        {
            var wanted = Math.Min(BatchMax, count - found.Count);
            RedisValue[] arguments = [afterId ?? "", wanted, part + RedisKeys.RecordInfix];
            var reply = await _redis.EvaluateAsync(
                RecordScripts.List,
                [part + RedisKeys.Ids],
                arguments,
                cancellationToken
            );
            for (var i = 0; i + 2 < reply.Items.Length; i += 3)
            {
                afterId = reply.Items[i].Text;
                var key = new RecordKey(kind, partition, afterId);
                found.Add(new StoredRecord(key, reply.Items[i + 1].Number, reply.Items[i + 2].Text));
            }

            if (reply.Items.Length < 3 * wanted)
            {
                break;
            }
        }

        return found.ToImmutable();
    }

    public IDisposable Watch(string kind, Action<RecordKey?> changed)
    {
        RecordKey.CheckKind(kind);
        ArgumentNullException.ThrowIfNull(changed);
        return _redis.News.Listen(_keys.KindChannel(kind), message => changed(ReadMessage(kind, message)));
    }

    public async ValueTask QuarantineAsync(StoredRecord record, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        await PutAsideAsync(
            record.Key,
            record.Version.ToString(CultureInfo.InvariantCulture),
            reason,
            cancellationToken
        );
    }

    private static string Message(RecordKey key) => $"{RedisKeys.Escape(key.Partition)}/{RedisKeys.Escape(key.Id)}";

    /// <summary>A message that is none of ours counts as "anything".</summary>
    private static RecordKey? ReadMessage(string kind, string? message)
    {
        if (message?.Split('/') is not [var partition, var id])
        {
            return null;
        }

        var key = new RecordKey(kind, Uri.UnescapeDataString(partition), Uri.UnescapeDataString(id));
        return RecordKey.IsName(key.Partition) && RecordKey.IsName(key.Id) ? key : null;
    }

    private async Task<StoredRecord?[]> LoadPartAsync(RecordKey[] keys, CancellationToken cancellationToken)
    {
        RedisKey[] names = [.. keys.Select(key => _keys.Record(key))];
        RedisReply reply;
        try
        {
            reply = await _redis.EvaluateAsync(RecordScripts.Load, names, [], cancellationToken);
        }
        catch (RoomStoreUnavailableException error) when (RedisConnection.IsDamage(error))
        {
            if (keys.Length == 1)
            {
                await PutAsideAsync(keys[0], version: "", "It is no record.", cancellationToken);
                return [null];
            }

            var each = await Task.WhenAll(keys.Select(key => LoadPartAsync([key], cancellationToken)));
            return [.. each.Select(one => one[0])];
        }

        return
        [
            .. keys.Zip(
                reply.Items,
                (key, found) =>
                    found.Items is [var version, var json] ? new StoredRecord(key, version.Number, json.Text) : null
            ),
        ];
    }

    private async Task<bool> WriteAsync(
        RecordKey key,
        RedisScript script,
        RedisValue[] arguments,
        CancellationToken cancellationToken
    )
    {
        RedisKey[] names = [_keys.Partition(key.Kind, key.Partition) + RedisKeys.Ids, _keys.Record(key)];
        try
        {
            return (await _redis.EvaluateAsync(script, names, arguments, cancellationToken)).Number == 1;
        }
        catch (RoomStoreUnavailableException error) when (RedisConnection.IsDamage(error))
        {
            await PutAsideAsync(key, version: "", "It is no record.", cancellationToken);
            return false;
        }
    }

    private async Task PutAsideAsync(RecordKey key, string version, string reason, CancellationToken cancellationToken)
    {
        var part = _keys.Partition(key.Kind, key.Partition);
        RedisKey[] names = [part + RedisKeys.Ids, _keys.Record(key), part + RedisKeys.Aside];
        RedisValue[] arguments = [version, key.Id, _keys.KindChannel(key.Kind), Message(key)];
        var reply = await _redis.EvaluateAsync(RecordScripts.Quarantine, names, arguments, cancellationToken);
        if (reply.Number == 1)
        {
            _observer.Quarantined(key.Kind, $"{key.Partition}/{key.Id}", reason);
        }
    }
}
