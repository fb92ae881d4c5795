namespace Spaces.Signaling.Store.Redis;

/// <summary>Which server has which slot. Immutable.</summary>
internal sealed class RedisMap
{
    private readonly RedisAddress?[] _servers;

    private RedisMap(RedisAddress?[] servers) => _servers = servers;

    public static RedisMap Empty { get; } = new(new RedisAddress?[HashSlot.Count]);

    public IEnumerable<RedisAddress> Servers => _servers.OfType<RedisAddress>().Distinct();

    /// <summary>One server has them all.</summary>
    public static RedisMap Of(RedisAddress server)
    {
        var servers = new RedisAddress?[HashSlot.Count];
        Array.Fill(servers, server);
        return new RedisMap(servers);
    }

    /// <summary>Reads a reply to CLUSTER SLOTS.</summary>
    /// <param name="reply">Of <paramref name="asked"/>.</param>
    /// <param name="asked">Where a server does not know its own address, it is this one.</param>
    /// <exception cref="IOException">It is no such reply.</exception>
    public static RedisMap Read(RedisReply reply, RedisAddress asked)
    {
        var servers = new RedisAddress?[HashSlot.Count];
        foreach (var range in reply.Items)
        {
            if (range.Items is not [var first, var last, { Items: [var host, var port, ..] }, ..])
            {
                throw new IOException($"{asked} told slots that cannot be understood.");
            }

            var name = host.Text is { Length: > 0 } told ? told : asked.Host;
            var server = new RedisAddress(name, (int)port.Number);
            for (var slot = Math.Max(0, first.Number); slot <= Math.Min(last.Number, HashSlot.Count - 1); slot++)
            {
                servers[slot] = server;
            }
        }

        return new RedisMap(servers);
    }

    public RedisAddress? ServerOf(int slot) => _servers[slot];
}
