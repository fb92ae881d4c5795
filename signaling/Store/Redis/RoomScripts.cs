namespace Spaces.Signaling.Store.Redis;

/// <summary>What happens to rooms inside Redis, each in one step.</summary>
internal static class RoomScripts
{
    /// <summary>Ended rooms, and what was put aside, go after this even when nobody cleans up.</summary>
    private const string LifetimeSeconds = "2592000";

    /// <summary>
    /// KEYS head, log, snapshot. ARGV 1 expected version, 2 expected tip (empty: any), 3 new tip, 4 events to keep,
    /// 5 version of the new snapshot (empty: none), 6 the snapshot, 7 channel, 8 "1" if the room is over, 9 schema,
    /// 10 "1" if a room that Redis lost is to be written anew, 11… the events.
    /// Returns 1: done; 0: somebody else appended; -1: the room is not there.
    /// </summary>
    public static readonly RedisScript Append = new(
        $$"""
        local head = redis.call('HMGET', KEYS[1], 'version', 'tip', 'snapshot')
        local version = tonumber(head[1] or '0')
        local expected = tonumber(ARGV[1])
        local snapshot = tonumber(head[3] or '0')
        if not version or not snapshot then return redis.error_reply('WRONGTYPE The head of a room is damaged.') end
        if not head[1] and expected > 0 then
          if ARGV[10] ~= '1' then return -1 end
          redis.call('DEL', KEYS[2])
          version = expected
        elseif version ~= expected then
          return 0
        elseif version > 0 and ARGV[2] ~= '' and head[2] ~= ARGV[2] then
          return 0
        end
        for i = 11, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
        version = version + #ARGV - 10
        redis.call('HSET', KEYS[1], 'version', version, 'tip', ARGV[3], 'schema', ARGV[9])
        if ARGV[5] ~= '' then
          snapshot = tonumber(ARGV[5])
          redis.call('SET', KEYS[3], ARGV[6])
          redis.call('HSET', KEYS[1], 'snapshot', snapshot)
        end
        local keep = math.max(tonumber(ARGV[4]), version - snapshot)
        redis.call('LTRIM', KEYS[2], -keep, -1)
        if ARGV[8] == '1' then
          for i = 1, 3 do redis.call('EXPIRE', KEYS[i], {{LifetimeSeconds}}) end
        end
        redis.call('PUBLISH', ARGV[7], version)
        return 1
        """
    );

    /// <summary>
    /// KEYS as above. ARGV 1 the version that is known, 2 its tip. Returns nothing where there is no room; the version
    /// where that is it; else version, tip, version of the snapshot, the snapshot, and the events after it.
    /// </summary>
    public static readonly RedisScript Load = new(
        """
        local head = redis.call('HMGET', KEYS[1], 'version', 'tip', 'snapshot')
        if not head[1] then return {} end
        if head[1] == ARGV[1] and head[2] == ARGV[2] then return {head[1]} end
        local snapshot = head[3] or '0'
        local behind = tonumber(head[1]) - tonumber(snapshot)
        local events = {}
        if behind > 0 then events = redis.call('LRANGE', KEYS[2], -behind, -1) end
        return {head[1], head[2] or '', snapshot, redis.call('GET', KEYS[3]) or '', events}
        """
    );

    /// <summary>
    /// KEYS as above. ARGV 1 after which number, 2 the tip of that number (empty: any), 3 how many at most. Returns
    /// nothing where some are
    /// missing or that event was another, else the tip and the events.
    /// </summary>
    public static readonly RedisScript Read = new(
        """
        local head = redis.call('HMGET', KEYS[1], 'version', 'tip')
        if not head[1] then return {} end
        local version = tonumber(head[1])
        local after = tonumber(ARGV[1])
        local length = redis.call('LLEN', KEYS[2])
        local first = version - length + 1
        if after > version or after < version - math.min(length, tonumber(ARGV[3])) then return {} end
        if ARGV[2] ~= '' and after >= first then
          local ok, entry = pcall(cjson.decode, redis.call('LINDEX', KEYS[2], after - first))
          if ok and type(entry) == 'table' and entry.t ~= ARGV[2] then return {} end
        end
        return {head[2] or '', redis.call('LRANGE', KEYS[2], after - first + 1, -1)}
        """
    );

    /// <summary>KEYS as above. ARGV 1 the version that cannot be read (empty: whatever). Puts the room aside.</summary>
    public static readonly RedisScript Quarantine = new(
        $$"""
        if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
        for i = 1, 3 do
          if redis.call('EXISTS', KEYS[i]) == 1 then
            local tag = string.find(KEYS[i], '}', 1, true)
            local aside = string.sub(KEYS[i], 1, tag) .. ':bad' .. string.sub(KEYS[i], tag + 1)
            redis.call('RENAME', KEYS[i], aside)
            redis.call('EXPIRE', aside, {{LifetimeSeconds}})
          end
        end
        return 1
        """
    );

    /// <summary>KEYS as above: takes a room away that ended long ago.</summary>
    public static readonly RedisScript Remove = new("return redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])");

    /// <summary>KEYS live, scheduled, doubt. ARGV 1, 2 entries to be in the first and second; empty: none.</summary>
    public static readonly RedisScript Enter = new(
        """
        for i = 1, 2 do
          if ARGV[i] ~= '' then
            redis.call('ZADD', KEYS[i], 0, ARGV[i])
            redis.call('ZREM', KEYS[3], ARGV[i])
          end
        end
        return 1
        """
    );

    /// <summary>KEYS live, scheduled. ARGV 1, 2 entries that are over.</summary>
    public static readonly RedisScript Strike = new(
        """
        for i = 1, 2 do
          if ARGV[i] ~= '' then redis.call('ZREM', KEYS[i], ARGV[i]) end
        end
        return 1
        """
    );

    /// <summary>KEYS a list. ARGV 1 after which entry (empty: from the first), 2 how many.</summary>
    public static readonly RedisScript Page = new(
        """
        local from = '-'
        if ARGV[1] ~= '' then from = '(' .. ARGV[1] end
        return redis.call('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0, ARGV[2])
        """
    );

    /// <summary>
    /// KEYS a list, doubt. ARGV 1… entries that name no such room. Whoever is about to open it has a minute, by the
    /// clock of Redis, to do so; then the entry goes.
    /// </summary>
    public static readonly RedisScript DoubtEntries = new(
        """
        local now = tonumber(redis.call('TIME')[1])
        for i = 1, #ARGV do
          local since = redis.call('ZSCORE', KEYS[2], ARGV[i])
          if not since then
            redis.call('ZADD', KEYS[2], now, ARGV[i])
          elseif now - tonumber(since) > 60 then
            redis.call('ZREM', KEYS[1], ARGV[i])
            redis.call('ZREM', KEYS[2], ARGV[i])
          end
        end
        return 1
        """
    );

    /// <summary>KEYS ended. ARGV 1 id, 2 how many to keep. Returns those that are too many.</summary>
    public static readonly RedisScript End = new(
        """
        local time = redis.call('TIME')
        redis.call('ZADD', KEYS[1], 'NX', time[1] .. string.sub('000000' .. time[2], -6), ARGV[1])
        local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
        if over <= 0 then return {} end
        return redis.call('ZRANGE', KEYS[1], 0, over - 1)
        """
    );

    /// <summary>KEYS ended. ARGV ids that were taken away.</summary>
    public static readonly RedisScript Forget = new("return redis.call('ZREM', KEYS[1], unpack(ARGV))");
}
