using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Spaces.Signaling.Domain;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Keeps rooms in Redis, for any number of signaling nodes. <see cref="RedisKeys"/> tells where.</summary>
/// <remarks>
/// <para>
/// A room is a log and, now and then, a snapshot; what this node knows of it is remembered, so that a commit is one
/// round trip and reading an unchanged room moves no state. Each event carries a random tip: two logs that diverged
/// (a primary that failed over lost the last second) are told apart even where their versions are the same.
/// </para>
/// <para>The lists of rooms lie elsewhere in a cluster: <see cref="RedisRoomLists"/>.</para>
/// </remarks>
public sealed class RedisRoomStore : IRoomStore
{
    /// <summary>Events between two snapshots: what a load may have to apply.</summary>
    internal const int SnapshotInterval = 64;

    /// <summary>Rooms remembered; beyond, all are forgotten and read again as they are needed.</summary>
    private const int KnownMax = 50_000;

    private const int TipLength = 12;

    private readonly RedisConnection _redis;
    private readonly RedisKeys _keys;
    private readonly RedisRoomLists _lists;
    private readonly RoomRetention _retention;
    private readonly IStoreObserver _observer;
    private readonly ConcurrentDictionary<RoomId, KnownRoom> _known = new();
    private readonly ConcurrentDictionary<RoomId, int> _watched = new();

    public RedisRoomStore(RedisConnection redis, RoomRetention retention, IStoreObserver observer)
    {
        ArgumentNullException.ThrowIfNull(redis);
        _redis = redis;
        _retention = retention;
        _observer = observer;
        _keys = new RedisKeys(redis.Options.Prefix);
        _lists = new RedisRoomLists(redis, _keys);
    }

    public async ValueTask<Room?> LoadAsync(RoomId id, CancellationToken cancellationToken) =>
        (await KnowAsync(id, cancellationToken))?.Room;

    public async ValueTask<bool> TryAppendAsync(
        RoomId id,
        long expectedVersion,
        ImmutableArray<RoomEvent> events,
        CancellationToken cancellationToken
    )
    {
        var before = await BeforeAsync(id, expectedVersion, cancellationToken);
        if (before is null)
        {
            return false;
        }

        var after = new KnownRoom(before.Room.Apply(events), NewTip());
        await _lists.BeforeAppendAsync(before.Room, after.Room, cancellationToken);
        if (!await AppendAsync(before, after, events, cancellationToken))
        {
            _known.TryRemove(new KeyValuePair<RoomId, KnownRoom>(id, before));
            return false;
        }

        Remember(after);
        await _lists.AfterAppendAsync(before.Room, after.Room, cancellationToken);
        if (after.Room.State == RoomState.Ended && before.Room.State != RoomState.Ended)
        {
            await RetireAsync(id, cancellationToken);
        }

        return true;
    }

    public async ValueTask<ImmutableArray<NumberedEvent>?> ReadEventsAsync(
        RoomId id,
        long after,
        CancellationToken cancellationToken
    )
    {
        var known = _known.GetValueOrDefault(id);
        var tip = known?.Room.Version == after ? known.Tip : "";
        RedisValue[] arguments = [Text(after), tip, Text(_retention.EventsMax)];
        var reply = await EvaluateAsync(RoomScripts.Read, id, arguments, cancellationToken);
        if (reply?.Items is not [var newTip, { Items: var entries }] || !RoomCodec.TryDecode(entries, out var events))
        {
            return null;
        }

        if (known?.Room.Version == after && events.Length > 0)
        {
            Remember(new KnownRoom(known.Room.Apply(events), newTip.Text));
        }

        return [.. events.Select((roomEvent, index) => new NumberedEvent(after + 1 + index, roomEvent))];
    }

    public async ValueTask<ImmutableArray<Room>> ListLiveAsync(
        RoomPosition? after,
        int count,
        CancellationToken cancellationToken
    ) =>
        await _lists.PageAsync(
            _keys.Live,
            after is { } position ? RedisKeys.LiveEntry(position) : "",
            count,
            LoadAsync,
            room => room.State == RoomState.Live ? RedisKeys.LiveEntry(room) : null,
            cancellationToken
        );

    public async ValueTask<ImmutableArray<Room>> ListScheduledAsync(
        SchedulePosition? after,
        int count,
        CancellationToken cancellationToken
    ) =>
        await _lists.PageAsync(
            _keys.Scheduled,
            after is { } position ? RedisKeys.ScheduledEntry(position) : "",
            count,
            LoadAsync,
            room => room.State == RoomState.Scheduled ? RedisKeys.ScheduledEntry(SchedulePosition.Of(room)) : null,
            cancellationToken
        );

    public IDisposable Watch(RoomId id, Action changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        _watched.AddOrUpdate(id, 1, (_, count) => count + 1);
        var listening = _redis.News.Listen(_keys.RoomChannel(id), _ => changed());
        return new Ending(() =>
        {
            listening.Dispose();
            _watched.AddOrUpdate(id, 0, (_, count) => count - 1);
            _watched.TryRemove(new KeyValuePair<RoomId, int>(id, 0));
        });
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string NewTip() => RandomNumberGenerator.GetHexString(TipLength, lowercase: true);

    /// <summary>The room that the caller decided on; null: it is no longer at that version.</summary>
    private async Task<KnownRoom?> BeforeAsync(RoomId id, long expected, CancellationToken cancellationToken)
    {
        if (expected == 0)
        {
            return new KnownRoom(Room.Unopened(id), "");
        }

        if (_known.TryGetValue(id, out var known) && known.Room.Version == expected)
        {
            return known;
        }

        known = await KnowAsync(id, cancellationToken);
        return known?.Room.Version == expected ? known : null;
    }

    private async Task<bool> AppendAsync(
        KnownRoom before,
        KnownRoom after,
        ImmutableArray<RoomEvent> events,
        CancellationToken cancellationToken
    )
    {
        var withSnapshot = before.Room.Version / SnapshotInterval != after.Room.Version / SnapshotInterval;
        var reply = await AppendAsync(before, after, events, withSnapshot, isLost: false, cancellationToken);
        if (reply == -1 && MayRestore(before.Room))
        {
            reply = await AppendAsync(before, after, events, withSnapshot: true, isLost: true, cancellationToken);
        }

        return reply == 1;
    }

    /// <summary>
    /// Whether this node may write a room anew that Redis lost (it was emptied, or came back without its data): one
    /// that it follows, so that what it remembers is not out of date.
    /// </summary>
    private bool MayRestore(Room room) =>
        room.State is RoomState.Live or RoomState.Scheduled && _watched.ContainsKey(room.Id);

    private async Task<bool> RestoreAsync(KnownRoom known, CancellationToken cancellationToken)
    {
        await _lists.BeforeAppendAsync(Room.Unopened(known.Room.Id), known.Room, cancellationToken);
        return await AppendAsync(known, known, [], withSnapshot: true, isLost: true, cancellationToken) == 1;
    }

    private async Task<long> AppendAsync(
        KnownRoom before,
        KnownRoom after,
        ImmutableArray<RoomEvent> events,
        bool withSnapshot,
        bool isLost,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments =
        [
            Text(before.Room.Version),
            before.Tip,
            after.Tip,
            Text(_retention.EventsMax),
            withSnapshot ? Text(after.Room.Version) : "",
            withSnapshot ? RoomCodec.Encode(after.Room) : "",
            _keys.RoomChannel(after.Room.Id),
            after.Room.State == RoomState.Ended ? "1" : "",
            Text(RoomJson.Version),
            isLost ? "1" : "",
            .. events.Select((next, i) => (RedisValue)RoomCodec.Encode(next, i == events.Length - 1 ? after.Tip : "")),
        ];
        var reply = await EvaluateAsync(RoomScripts.Append, after.Room.Id, arguments, cancellationToken);
        return reply?.Number ?? 0;
    }

    /// <summary>Runs a script on a room.</summary>
    /// <returns>Null: what was there is no room, and was put aside.</returns>
    private async Task<RedisReply?> EvaluateAsync(
        RedisScript script,
        RoomId id,
        RedisValue[] arguments,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await _redis.EvaluateAsync(script, _keys.Room(id), arguments, cancellationToken);
        }
        catch (RoomStoreUnavailableException error) when (RedisConnection.IsDamage(error))
        {
            await PutAsideAsync(id, version: "", "It is no room.", cancellationToken);
            return null;
        }
    }

    /// <summary>Reads what changed since this node last looked.</summary>
    private async Task<KnownRoom?> KnowAsync(RoomId id, CancellationToken cancellationToken)
    {
        var known = _known.GetValueOrDefault(id);
        RedisValue[] arguments = [Text(known?.Room.Version ?? 0), known?.Tip ?? ""];
        var reply = await EvaluateAsync(RoomScripts.Load, id, arguments, cancellationToken);
        if (reply is null)
        {
            return null;
        }

        if (reply.Items is [_])
        {
            return known;
        }

        if (reply.Items is not [var version, var tip, var at, var snapshot, { Items: var entries }])
        {
            if (known is not null && MayRestore(known.Room) && await RestoreAsync(known, cancellationToken))
            {
                return known;
            }

            _known.TryRemove(id, out _);
            return null;
        }

        if (TryRebuild(id, version.Number, at.Number, snapshot, entries, out var room, out var problem))
        {
            var read = new KnownRoom(room, tip.Text);
            Remember(read);
            return read;
        }

        _known.TryRemove(id, out _);
        if (!IsNewer(snapshot, entries))
        {
            await PutAsideAsync(id, version.Text, problem, cancellationToken);
        }

        return null;
    }

    /// <param name="id">The room.</param>
    /// <param name="version">As it was read; empty: whatever is there.</param>
    /// <param name="problem">Why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    private async Task PutAsideAsync(RoomId id, string version, string problem, CancellationToken cancellationToken)
    {
        _known.TryRemove(id, out _);
        var reply = await _redis.EvaluateAsync(RoomScripts.Quarantine, _keys.Room(id), [version], cancellationToken);
        if (reply.Number == 1)
        {
            _observer.Quarantined("room", id.Value, problem);
        }
    }

    private static bool TryRebuild(
        RoomId id,
        long version,
        long at,
        RedisReply snapshot,
        ImmutableArray<RedisReply> entries,
        out Room room,
        out string problem
    )
    {
        room = Room.Unopened(id);
        problem = "The snapshot is damaged.";
        if (at != 0)
        {
            if (!RoomCodec.TryDecode(snapshot.Bytes, id, at, out var read))
            {
                return false;
            }

            room = read;
        }

        problem = "The log is damaged.";
        if (entries.Length != version - at || !RoomCodec.TryDecode(entries, out var events))
        {
            return false;
        }

        room = room.Apply(events);
        return true;
    }

    /// <summary>A later release wrote it: it is left alone.</summary>
    private static bool IsNewer(RedisReply snapshot, ImmutableArray<RedisReply> entries) =>
        RoomCodec.SchemaOf(snapshot.Bytes) > RoomJson.Version
        || entries.Any(entry => RoomCodec.SchemaOf(entry.Bytes) > RoomJson.Version);

    private void Remember(KnownRoom known)
    {
        if (_known.Count > KnownMax)
        {
            _known.Clear();
        }

        _known[known.Room.Id] = known;
    }

    /// <summary>Keeps the room among the ended ones, and takes away those that are too many.</summary>
    private async Task RetireAsync(RoomId id, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var old in await _lists.EndAsync(id, _retention.EndedRoomsMax, cancellationToken))
            {
                _known.TryRemove(old, out _);
                await _redis.EvaluateAsync(RoomScripts.Remove, _keys.Room(old), [], cancellationToken);
                await _lists.ForgetAsync(old, cancellationToken);
            }
        }
        catch (RoomStoreUnavailableException)
        {
            // The room has ended all the same. What is left over goes when the next room ends, or by its lifetime.
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    /// <summary>A room as of some version, and the tip of that version.</summary>
    private sealed record KnownRoom(Room Room, string Tip);
}
