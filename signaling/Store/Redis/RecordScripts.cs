namespace Spaces.Signaling.Store.Redis;

/// <summary>What happens to records inside Redis, each in one step.</summary>
internal static class RecordScripts
{
    /// <summary>
    /// KEYS ids, record. ARGV 1 expected version, 2 json, 3 lifetime in ms (empty: none), 4 id, 5 channel, 6 message.
    /// Returns 1: written; 0: somebody else wrote.
    /// </summary>
    public static readonly RedisScript Save = new(
        """
        local version = tonumber(redis.call('HGET', KEYS[2], 'version') or '0')
        if version ~= tonumber(ARGV[1]) then return 0 end
        redis.call('HSET', KEYS[2], 'version', version + 1, 'json', ARGV[2])
        if ARGV[3] ~= '' then
          redis.call('PEXPIRE', KEYS[2], ARGV[3])
        else
          redis.call('PERSIST', KEYS[2])
        end
        redis.call('ZADD', KEYS[1], 0, ARGV[4])
        redis.call('PUBLISH', ARGV[5], ARGV[6])
        return 1
        """
    );

    /// <summary>
    /// KEYS ids, record. ARGV 1 expected version, 2 id, 3 channel, 4 message. Returns 1: gone; 0: not so.
    /// </summary>
    public static readonly RedisScript Delete = new(
        """
        if redis.call('HGET', KEYS[2], 'version') ~= ARGV[1] then return 0 end
        redis.call('UNLINK', KEYS[2])
        redis.call('ZREM', KEYS[1], ARGV[2])
        redis.call('PUBLISH', ARGV[3], ARGV[4])
        return 1
        """
    );

    /// <summary>KEYS records. Returns for each its version and json, or nothing.</summary>
    public static readonly RedisScript Load = new(
        """
        local found = {}
        for i = 1, #KEYS do
          local record = redis.call('HMGET', KEYS[i], 'version', 'json')
          if record[1] then found[i] = {record[1], record[2] or ''} else found[i] = {} end
        end
        return found
        """
    );

    /// <summary>
    /// KEYS ids. ARGV 1 after which id (empty: from the first), 2 how many, 3 what the records' keys begin with.
    /// Returns id, version and json of each, one after the other. Ids whose record's time is over go; what is no record
    /// is left out.
    /// </summary>
    public static readonly RedisScript List = new(
        """
        local from = '-'
        if ARGV[1] ~= '' then from = '(' .. ARGV[1] end
        local wanted = tonumber(ARGV[2])
        local found = {}
        repeat
          local left = wanted - #found / 3
          local ids = redis.call('ZRANGEBYLEX', KEYS[1], from, '+', 'LIMIT', 0, left)
          for _, id in ipairs(ids) do
            from = '(' .. id
            local record = redis.pcall('HMGET', ARGV[3] .. id, 'version', 'json')
            if record['err'] then
              record = {}
            elseif record[1] then
              found[#found + 1] = id
              found[#found + 1] = record[1]
              found[#found + 1] = record[2] or ''
            else
              redis.call('ZREM', KEYS[1], id)
            end
          end
        until #ids < left or #found / 3 >= wanted
        return found
        """
    );

    /// <summary>
    /// KEYS ids, record, aside. ARGV 1 version (empty: whatever is there), 2 id, 3 channel, 4 message. Puts the record
    /// aside.
    /// </summary>
    public static readonly RedisScript Quarantine = new(
        """
        if ARGV[1] == '' then
          if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
          local aside = KEYS[3] .. ':' .. ARGV[2]
          redis.call('RENAME', KEYS[2], aside)
          redis.call('EXPIRE', aside, 2592000)
        else
          local record = redis.call('HMGET', KEYS[2], 'version', 'json')
          if record[1] ~= ARGV[1] then return 0 end
          redis.call('LPUSH', KEYS[3], ARGV[2] .. ' ' .. record[1] .. ' ' .. (record[2] or ''))
          redis.call('LTRIM', KEYS[3], 0, 99)
          redis.call('EXPIRE', KEYS[3], 2592000)
          redis.call('UNLINK', KEYS[2])
        end
        redis.call('ZREM', KEYS[1], ARGV[2])
        redis.call('PUBLISH', ARGV[3], ARGV[4])
        return 1
        """
    );
}
