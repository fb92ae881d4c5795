namespace Spaces.Signaling.Store.Redis;

/// <summary>
/// What happens to the places of a room inside Redis, each in one step. The rules are PresenceContract's.
/// </summary>
/// <remarks>
/// KEYS of a room: 1 places, 2 identities, 3 media ids, 4 order, 5 nodes, 6 counts, 7 presence. A place is JSON: p its
/// participant, i identity, m media id, s stay, h node, c connected, f fence, o order; what else it has is not read.
/// </remarks>
internal static class PresenceScripts
{
    /// <summary>What nobody touches for a day is of a room that is long over.</summary>
    private const string LifetimeSeconds = "86400";

    private const string Functions = """
        local function get(id)
          local text = redis.call('HGET', KEYS[1], id)
          if not text then return nil, '' end
          local ok, place = pcall(cjson.decode, text)
          if not ok or type(place) ~= 'table' then return nil, '' end
          return place, text
        end
        local function remove(place)
          redis.call('HDEL', KEYS[1], place.p)
          redis.call('HDEL', KEYS[2], place.i)
          redis.call('HDEL', KEYS[3], place.m)
          redis.call('ZREM', KEYS[4], place.p)
          redis.call('ZREM', KEYS[5], place.h .. '/' .. place.p)
        end

        """;

    /// <summary>ARGV 1 the place, 2 the kind of claim. Returns verdict, the place now, the place before.</summary>
    public static readonly RedisScript Claim = new(
        Functions
            + """
            local wanted = cjson.decode(ARGV[1])
            local before, beforeText = get(wanted.p)
            local other = redis.call('HGET', KEYS[2], wanted.i)
            if other and other ~= wanted.p then
              local holder, text = get(other)
              if holder then
                if ARGV[2] ~= '3' or before then return {2, '', text} end
                before, beforeText = holder, text
              end
            end
            local mediaHolder = redis.call('HGET', KEYS[3], wanted.m)
            if mediaHolder and mediaHolder ~= wanted.p then
              local holder, text = get(mediaHolder)
              if holder then return {3, '', text} end
            end
            local may = true
            if ARGV[2] == '2' then
              may = before and before.s == wanted.s
            elseif ARGV[2] == '3' and before and wanted.f > 0 then
              if before.s == wanted.s then
                may = before.h == wanted.h or not before.c
              else
                may = wanted.f > before.f
              end
            end
            if not may then return {4, '', beforeText} end
            if before then remove(before) end
            local last = tonumber(redis.call('HGET', KEYS[7], 'fence') or '0')
            local fence = math.max(last, wanted.f, wanted.o) + 1
            local order = fence
            if before then
              order = before.o
            elseif wanted.o > 0 and redis.call('ZCOUNT', KEYS[4], wanted.o, wanted.o) == 0 then
              order = wanted.o
            end
            wanted.f = fence
            wanted.o = order
            local text = cjson.encode(wanted)
            redis.call('HSET', KEYS[7], 'fence', fence)
            redis.call('HSET', KEYS[1], wanted.p, text)
            redis.call('HSET', KEYS[2], wanted.i, wanted.p)
            redis.call('HSET', KEYS[3], wanted.m, wanted.p)
            redis.call('ZADD', KEYS[4], order, wanted.p)
            redis.call('ZADD', KEYS[5], 0, wanted.h .. '/' .. wanted.p)
            return {1, text, beforeText}
            """
    );

    /// <summary>
    /// ARGV 1 how many changed, then those, then those who left, all places. Returns the participants of those changed
    /// whose fence is another's.
    /// </summary>
    public static readonly RedisScript Change = new(
        Functions
            + """
            local superseded = {}
            for i = 2, #ARGV do
              local wanted = cjson.decode(ARGV[i])
              local stored = get(wanted.p)
              local held = stored and stored.f == wanted.f
              if i - 1 > tonumber(ARGV[1]) then
                if held then remove(stored) end
              elseif held then
                stored.n = wanted.n
                stored.u = wanted.u
                stored.c = wanted.c
                stored.x = wanted.x
                redis.call('HSET', KEYS[1], stored.p, cjson.encode(stored))
              else
                superseded[#superseded + 1] = wanted.p
              end
            end
            return superseded
            """
    );

    /// <summary>ARGV the participants. Returns their places, empty for who has none.</summary>
    public static readonly RedisScript Find = new(
        """
        local found = redis.call('HMGET', KEYS[1], unpack(ARGV))
        for i = 1, #found do found[i] = found[i] or '' end
        return found
        """
    );

    /// <summary>ARGV 1 the identity. Returns one place, or none.</summary>
    public static readonly RedisScript FindIdentity = new(
        """
        local id = redis.call('HGET', KEYS[2], ARGV[1])
        return {id and redis.call('HGET', KEYS[1], id) or ''}
        """
    );

    /// <summary>ARGV 1 the order after which, 2 how many.</summary>
    public static readonly RedisScript Page = new(
        """
        local ids = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])
        if #ids == 0 then return {} end
        local found = redis.call('HMGET', KEYS[1], unpack(ids))
        for i = 1, #found do found[i] = found[i] or '' end
        return found
        """
    );

    /// <summary>ARGV 1 the dead node, 2 the living one, 3 how many. Returns the places handed over.</summary>
    public static readonly RedisScript Adopt = new(
        Functions
            + """
            redis.call('HDEL', KEYS[6], ARGV[1])
            local from, to = '[' .. ARGV[1] .. '/', '(' .. ARGV[1] .. '0'
            local entries = redis.call('ZRANGEBYLEX', KEYS[5], from, to, 'LIMIT', 0, ARGV[3])
            local adopted = {}
            for _, entry in ipairs(entries) do
              redis.call('ZREM', KEYS[5], entry)
              local place = get(string.sub(entry, #ARGV[1] + 2))
              if place then
                place.f = redis.call('HINCRBY', KEYS[7], 'fence', 1)
                place.h = ARGV[2]
                place.c = false
                local text = cjson.encode(place)
                redis.call('HSET', KEYS[1], place.p, text)
                redis.call('ZADD', KEYS[5], 0, place.h .. '/' .. place.p)
                adopted[#adopted + 1] = text
              end
            end
            return adopted
            """
    );

    /// <summary>
    /// ARGV 1 the node, 2 its listeners. Returns nodes and their listeners in turn, the node's places, all places, and
    /// the media node.
    /// </summary>
    public static readonly RedisScript Tally = new(
        $$"""
        redis.call('HSET', KEYS[6], ARGV[1], ARGV[2])
        for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], {{LifetimeSeconds}}) end
        return {
          redis.call('HGETALL', KEYS[6]),
          redis.call('ZLEXCOUNT', KEYS[5], '[' .. ARGV[1] .. '/', '(' .. ARGV[1] .. '0'),
          redis.call('HLEN', KEYS[1]),
          redis.call('HGET', KEYS[7], 'media') or ''
        }
        """
    );

    /// <summary>ARGV 1 the wanted media node, 2 the one it may take the place of. Returns the agreed one.</summary>
    public static readonly RedisScript AgreeOnMedia = new(
        """
        local agreed = redis.call('HGET', KEYS[7], 'media')
        if not agreed or agreed == ARGV[2] then
          redis.call('HSET', KEYS[7], 'media', ARGV[1])
          return ARGV[1]
        end
        return agreed
        """
    );

    public static readonly RedisScript Forget = new("return redis.call('DEL', unpack(KEYS))");

    /// <summary>KEYS 1 leases. ARGV 1 the node, 2 its lease in ms. Returns the living and the dead.</summary>
    public static readonly RedisScript Beat = new(
        $$"""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - {{LifetimeSeconds}}000)
        return {
          redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf'),
          redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)
        }
        """
    );

    /// <summary>As <see cref="Beat"/>, to say goodbye.</summary>
    public static readonly RedisScript Retire = new(
        """
        local time = redis.call('TIME')
        return redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
        """
    );
}
