using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Finds out which server has which slot, by asking the servers named in the settings.</summary>
internal sealed class RedisDiscovery(RedisOptions options, RedisDialer dialer)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1);

    /// <param name="known">Where servers were before; in a cluster any of them knows.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="IOException">Nobody knew; the message says why.</exception>
    public async Task<RedisMap> FindAsync(RedisMap known, CancellationToken cancellationToken)
    {
        if (options.Mode == RedisMode.Standalone)
        {
            return RedisMap.Of(options.Servers[0]);
        }

        RedisAddress[] candidates =
            options.Mode == RedisMode.Cluster
                ? [.. known.Servers.Concat(options.Servers).Distinct()]
                : [.. options.Servers];
        var problem = "nobody was asked";
        foreach (var candidate in candidates)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(AskTimeout);
                return options.Mode == RedisMode.Cluster
                    ? await AskNodeAsync(candidate, patience.Token)
                    : await AskSentinelAsync(candidate, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = $"{candidate} does not answer";
            }
            catch (Exception error)
                when (error
                        is IOException
                            or SocketException
                            or RedisRefusedException
                            or AuthenticationException
                            or CryptographicException
                )
            {
                problem = $"{candidate}: {error.Message}";
            }
        }

        throw new IOException(problem);
    }

    private async Task<RedisMap> AskNodeAsync(RedisAddress node, CancellationToken cancellationToken)
    {
        await using var stream = await dialer.DialAsync(node, cancellationToken);
        var map = RedisMap.Read(await RedisWire.CallAsync(stream, ["CLUSTER", "SLOTS"], cancellationToken), node);
        return map.Servers.Any() ? map : throw new IOException("it has no slots; is the cluster made?");
    }

    /// <summary>A Sentinel may not have heard yet: who it names must say itself that it is the primary.</summary>
    private async Task<RedisMap> AskSentinelAsync(RedisAddress sentinel, CancellationToken cancellationToken)
    {
        RedisAddress primary;
        await using (var stream = await dialer.DialSentinelAsync(sentinel, cancellationToken))
        {
            string[] question = ["SENTINEL", "get-master-addr-by-name", options.SentinelName!];
            var reply = await RedisWire.CallAsync(stream, question, cancellationToken);
            primary = reply.Items is [var host, var port]
                ? new RedisAddress(host.Text, (int)port.Number)
                : throw new IOException($"it knows no primary called {options.SentinelName}.");
        }

        await using (var stream = await dialer.DialAsync(primary, cancellationToken))
        {
            var role = await RedisWire.CallAsync(stream, ["ROLE"], cancellationToken);
            return role.Items is [{ Text: "master" }, ..]
                ? RedisMap.Of(primary)
                : throw new IOException($"it names {primary}, which is no primary (yet).");
        }
    }
}
