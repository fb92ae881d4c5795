using System.Text;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;
using Spaces.Signaling.Tests.Store;
using Spaces.Signaling.Tests.Store.Redis;

namespace Spaces.Signaling.Tests.Cluster;

[TestFixture(RedisKind.Plain)]
[TestFixture(RedisKind.Cluster)]
internal sealed class RedisPresenceTests(RedisKind kind) : PresenceContract
{
    private RedisDeployment _deployment = null!;
    private RedisConnection _redis = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _deployment = await RedisDeployment.StartAsync(kind);
        _redis = new RedisConnection(_deployment.Options, new RecordingObserver());
        Assert.That(await _redis.WaitUntilUpAsync(Eventually.Patience, CancellationToken.None), Is.True);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _redis?.Dispose();
        if (_deployment is not null)
        {
            await _deployment.DisposeAsync();
        }
    }

    [Test]
    public async Task Nodes_hear_each_other_by_channel()
    {
        using var other = new RedisConnection(_deployment.Options, new RecordingObserver());
        Assert.That(await other.WaitUntilUpAsync(Eventually.Patience, CancellationToken.None), Is.True);
        var heard = "";
        using var subscription = new RedisNodeChannel(_redis).Subscribe(
            "node:a",
            bytes => heard = Encoding.UTF8.GetString(bytes.Span)
        );
        var channel = new RedisNodeChannel(other);

        await Eventually.TrueAsync(() =>
        {
            channel.Publish("node:a", "hello"u8.ToArray()); // Until the subscription stands.
            return heard == "hello";
        });
    }

    protected override (IPlaces Places, INodes Nodes) Create()
    {
        var presence = new RedisPresence(_redis);
        return (presence, presence);
    }
}
