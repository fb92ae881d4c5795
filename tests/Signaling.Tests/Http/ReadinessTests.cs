using System.Net;
using Spaces.Signaling.Server.Stores;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;
using Spaces.Signaling.Tests.Store.Redis;

namespace Spaces.Signaling.Tests.Http;

/// <summary>
/// Goal: no outage of Redis makes an orchestrator restart or a balancer empty the nodes. Method: a real Redis that
/// comes and goes.
/// </summary>
[TestFixture]
internal sealed class ReadinessTests
{
    [Test]
    public async Task A_node_stays_ready_without_the_store_tells_of_it_and_lives()
    {
        await using var redis = await RedisDeployment.StartAsync(RedisKind.Password);
        var log = new LogCollector();
        await using var node = await MediaNodeHost.StartAsync();
        await using var server = await SignalingHost.StartAsync(
            node,
            options => options with { Redis = redis.Options },
            log
        );
        Assert.That(await AskAsync(server, "/readyz"), Is.EqualTo((HttpStatusCode.OK, "ready\n")));

        redis.Servers[0].Kill();
        await Eventually.TrueAsync(
            async () => (await AskAsync(server, "/readyz")).Text.Contains("does not answer", StringComparison.Ordinal),
            "tells of the store"
        );
        Assert.That((await AskAsync(server, "/readyz")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await AskAsync(server, "/healthz")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await AskAsync(server, "/metrics")).Text, Does.Contain("spaces_signaling_store_outages_total"));
        Assert.That(
            string.Join('\n', log.Lines),
            Does.Contain("does not answer").And.Not.Contain(RedisDeployment.Secret)
        );
    }

    [Test]
    public async Task A_node_that_never_reached_the_store_is_not_ready_until_it_did()
    {
        await using var redis = await RedisDeployment.StartAsync(RedisKind.Plain);
        redis.Servers[0].Kill();
        using var connection = new RedisConnection(redis.Options, SilentStoreObserver.Instance);
        var health = new StoreHealth(connection);
        Assert.That((health.IsUp, health.WasUp), Is.EqualTo((false, false)));

        await redis.Servers[0].StartAsync();
        await Eventually.TrueAsync(() => health.WasUp);
        redis.Servers[0].Kill();
        await Eventually.TrueAsync(() => !health.IsUp);
        Assert.That(health.WasUp, Is.True);
    }

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(SignalingHost server, string path)
    {
        using var answer = await server.SendAsync(HttpMethod.Get, path, null);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
