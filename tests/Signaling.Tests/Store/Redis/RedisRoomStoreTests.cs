using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>Goal: rooms in Redis behave as everywhere, however Redis is run. Method: real servers.</summary>
[TestFixture(RedisKind.Plain)]
[TestFixture(RedisKind.Password)]
[TestFixture(RedisKind.AclUser)]
[TestFixture(RedisKind.Tls12)]
[TestFixture(RedisKind.Tls13WithAclUser)]
[TestFixture(RedisKind.Cluster)]
[TestFixture(RedisKind.ClusterWithTlsAndAclUser)]
[TestFixture(RedisKind.Sentinel)]
internal sealed class RedisRoomStoreTests(RedisKind kind) : RoomStoreContract
{
    private readonly RecordingObserver _observer = new();
    private RedisDeployment _deployment = null!;
    private RedisConnection _redis = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _deployment = await RedisDeployment.StartAsync(kind);
        _redis = new RedisConnection(_deployment.Options, _observer);
        Assert.That(await _redis.WaitUntilUpAsync(TimeSpan.FromSeconds(10), CancellationToken.None), Is.True);
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

    [SetUp]
    public Task FlushAsync() => _deployment.FlushAsync();

    protected override IRoomStore CreateStore(int eventsMax = 1_000, int endedRoomsMax = 1_000) =>
        new RedisRoomStore(_redis, new RoomRetention(eventsMax, endedRoomsMax), _observer);
}
