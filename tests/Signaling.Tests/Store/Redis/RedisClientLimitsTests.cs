using System.Net;
using Spaces.Signaling.Store.Redis;
using StackExchange.Redis;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>
/// Goal: know what StackExchange.Redis 1.2.6 cannot do by itself, and that <see cref="RedisConnection"/> makes up for
/// it (ADR 0016). When one of these fails, the client has learnt it, and ours may go.
/// </summary>
[TestFixture]
internal sealed class RedisClientLimitsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Test]
    public async Task The_client_alone_cannot_log_in_as_a_user()
    {
        await using var deployment = await RedisDeployment.StartAsync(RedisKind.AclUser);
        var configuration = ClientOf(deployment);
        configuration.Password = RedisDeployment.Secret;
        using var client = await ConnectionMultiplexer.ConnectAsync(configuration);
        Assert.That(client.IsConnected, Is.False);

        using var ours = new RedisConnection(deployment.Options, new RecordingObserver());
        Assert.That(await ours.WaitUntilUpAsync(Patience, CancellationToken.None), Is.True);
    }

    [Test]
    public async Task The_client_alone_waits_for_ever_for_a_server_that_stands_still()
    {
        await using var deployment = await RedisDeployment.StartAsync(RedisKind.Plain);
        using var client = await ConnectionMultiplexer.ConnectAsync(ClientOf(deployment));
        deployment.Servers[0].Freeze();
        var asked = client.GetDatabase().PingAsync();
        Assert.That(async () => await asked.WaitAsync(TimeSpan.FromSeconds(2)), Throws.InstanceOf<TimeoutException>());
        Assert.That(asked.IsCompleted, Is.False);
        deployment.Servers[0].Thaw();
        await asked.WaitAsync(Patience);
    }

    [Test]
    public async Task The_client_alone_takes_a_Sentinel_for_a_server()
    {
        await using var deployment = await RedisDeployment.StartAsync(RedisKind.Sentinel);
        var configuration = ConfigurationOptions.Parse(
            string.Join(',', deployment.Options.Servers) + ",serviceName=stage,abortConnect=false,connectTimeout=1000"
        );
        using var client = await ConnectionMultiplexer.ConnectAsync(configuration);
        Assert.That(
            async () => await client.GetDatabase().StringSetAsync("key", "value").WaitAsync(Patience),
            Throws.InstanceOf<RedisException>()
        );
    }

    [TestCase(RedisKind.Password)]
    [TestCase(RedisKind.AclUser)]
    [TestCase(RedisKind.Tls13WithAclUser)]
    public async Task A_wrong_password_is_told_and_not_repeated(RedisKind kind)
    {
        await using var deployment = await RedisDeployment.StartAsync(kind);
        var settings = deployment.Settings.Replace("secret", "hush", StringComparison.Ordinal);
        Assert.That(RedisOptions.TryParse(settings, out var options, out _), Is.True);
        var observer = new RecordingObserver();
        using var redis = new RedisConnection(options!, observer);

        await Hosting.Eventually.TrueAsync(() => observer.LostCount > 0, "told");

        Assert.That(redis.IsUp, Is.False);
        Assert.That(string.Join('\n', observer.Told), Does.Match("WRONGPASS|NOAUTH").And.Not.Contain("hush"));
    }

    [Test]
    public async Task A_certificate_of_another_name_or_authority_is_not_trusted()
    {
        await using var deployment = await RedisDeployment.StartAsync(RedisKind.Tls12);
        foreach (
            var settings in new[]
            {
                deployment.Settings.Replace("redis.test", "other.test", StringComparison.Ordinal),
                $"{deployment.Servers[0].Address},tls-name=redis.test",
            }
        )
        {
            Assert.That(RedisOptions.TryParse(settings, out var options, out _), Is.True);
            var observer = new RecordingObserver();
            using var redis = new RedisConnection(options!, observer);
            await Hosting.Eventually.TrueAsync(() => observer.LostCount > 0, "told");
            Assert.That(redis.IsUp, Is.False);
            Assert.That(string.Join('\n', observer.Told), Does.Contain("TLS failed"));
        }
    }

    [Test]
    public async Task A_stranger_at_the_local_end_of_a_tunnel_gets_nothing()
    {
        await using var deployment = await RedisDeployment.StartAsync(RedisKind.AclUser);
        var address = new RedisAddress("127.0.0.1", deployment.Servers[0].Port);
        using var tunnel = new RedisTunnel(address, new RedisDialer(deployment.Options));
        foreach (var word in new[] { tunnel.Word[..^1] + "x", "", "PING" })
        {
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync(tunnel.EndPoint);
            await using var stream = socket.GetStream();
            byte[] said =
            [
                .. RedisWire.Encode(["AUTH"u8.ToArray(), System.Text.Encoding.ASCII.GetBytes(word)]),
                .. new byte[200],
            ];
            Assert.That(async () => await SayAsync(stream, said), Is.Zero.Or.EqualTo(-1));
        }

        static async Task<int> SayAsync(Stream stream, byte[] said)
        {
            try
            {
                await stream.WriteAsync(said);
                return await stream.ReadAsync(new byte[100]);
            }
            catch (IOException)
            {
                return -1;
            }
        }
    }

    private static ConfigurationOptions ClientOf(RedisDeployment deployment)
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ConnectTimeout = 1_000,
            ResponseTimeout = 500,
            SyncTimeout = 500,
        };
        configuration.EndPoints.Add(IPAddress.Loopback, deployment.Servers[0].Port);
        return configuration;
    }
}
