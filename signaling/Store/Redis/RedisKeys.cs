using System.Globalization;
using Spaces.Signaling.Domain;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Every key and channel in Redis. What stands in braces decides where in a cluster a key lies.</summary>
/// <remarks>
/// <code>
/// spaces:{r:ID}:head       hash    version, tip (names the last event), snapshot (the version it holds), schema
/// spaces:{r:ID}:log        list    the newest events, oldest first: {"v":1,"t":tip,"e":event}
/// spaces:{r:ID}:snapshot   string  {"v":1,"room":…} as of head.snapshot
/// spaces:{r:ID}:bad:*      the three, put aside; gone after 30 days
/// spaces:{r:ID}:p:*        places, identities, mediaids, counts, state (hashes), order, nodes (zsets): who is here
/// spaces:{nodes}:leases    zset    signaling nodes by the end of their lease (Redis TIME, ms)
/// spaces:{rooms}:live      zset    TICKS:ID, newest first by their spelling; may name too many rooms, never too few
/// spaces:{rooms}:scheduled zset    the same, soonest first
/// spaces:{rooms}:ended     zset    ID by the time it ended (Redis TIME, ms)
/// spaces:{rooms}:doubt     zset    entries of the two lists that named no such room, by when that was first seen
/// spaces:{KIND:PART}:ids   zset    ids of the records of a partition
/// spaces:{KIND:PART}:r:ID  hash    version, json; with a lifetime where the record has one
/// spaces:{KIND:PART}:bad   list    the newest 100 records that were put aside
/// spaces:room:ID           channel the room's version after each append
/// spaces:kind:KIND         channel PART/ID (escaped) after each change of a record
/// spaces:node:NAME         channel messages to one signaling node, and others that nobody keeps
/// spaces:beat:…            channel each signaling node's own, to notice when it hears nothing
/// </code>
/// </remarks>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>After <see cref="Partition"/>.</summary>
    public const string Ids = "ids";

    public const string RecordInfix = "r:";
    public const string Aside = "bad";

    private const int TicksDigits = 19;

    public RedisKey Live => $"{prefix}:{{rooms}}:live";

    public RedisKey Scheduled => $"{prefix}:{{rooms}}:scheduled";

    public RedisKey Ended => $"{prefix}:{{rooms}}:ended";

    public RedisKey Doubt => $"{prefix}:{{rooms}}:doubt";

    /// <summary>Head, log and snapshot.</summary>
    public RedisKey[] Room(RoomId id)
    {
        var room = $"{prefix}:{{r:{Escape(id.Value)}}}:";
        return [room + "head", room + "log", room + "snapshot"];
    }

    /// <summary>As <see cref="PresenceScripts"/> counts them.</summary>
    public RedisKey[] Presence(RoomId id)
    {
        var room = $"{prefix}:{{r:{Escape(id.Value)}}}:p:";
        return
        [
            room + "places",
            room + "identities",
            room + "mediaids",
            room + "order",
            room + "nodes",
            room + "counts",
            room + "state",
        ];
    }

    public RedisKey Leases => $"{prefix}:{{nodes}}:leases";

    public string NodeChannel(string name) => $"{prefix}:node:{name}";

    public string RoomChannel(RoomId id) => $"{prefix}:room:{Escape(id.Value)}";

    /// <summary>What every key of a partition begins with.</summary>
    public string Partition(string kind, string partition) => $"{prefix}:{{{kind}:{Escape(partition)}}}:";

    public RedisKey Record(RecordKey key) => Partition(key.Kind, key.Partition) + RecordInfix + key.Id;

    public string KindChannel(string kind) => $"{prefix}:kind:{kind}";

    public static string LiveEntry(Room room) =>
        Entry(DateTimeOffset.MaxValue.UtcTicks - room.CreatedAt.UtcTicks, room.Id);

    public static string LiveEntry(RoomPosition position) =>
        Entry(DateTimeOffset.MaxValue.UtcTicks - position.CreatedAt.UtcTicks, position.Id);

    public static string ScheduledEntry(SchedulePosition position) => Entry(position.StartsAt.UtcTicks, position.Id);

    /// <summary>The room that an entry of a list names.</summary>
    public static RoomId RoomOf(string entry) => new(entry.Length > TicksDigits ? entry[(TicksDigits + 1)..] : "");

    public static string Escape(string name) => Uri.EscapeDataString(name);

    private static string Entry(long ticks, RoomId id) =>
        $"{ticks.ToString($"D{TicksDigits}", CultureInfo.InvariantCulture)}:{id.Value}";
}
