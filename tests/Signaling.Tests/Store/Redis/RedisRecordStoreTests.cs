using System.Diagnostics;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>Goal: records in Redis behave as everywhere, however Redis is run. Method: real servers.</summary>
[TestFixture(RedisKind.Plain)]
[TestFixture(RedisKind.AclUser)]
[TestFixture(RedisKind.Tls13WithAclUser)]
[TestFixture(RedisKind.Cluster)]
[TestFixture(RedisKind.Sentinel)]
internal sealed class RedisRecordStoreTests(RedisKind kind) : RecordStoreContract
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

    protected override IRecordStore CreateStore() => new RedisRecordStore(_redis, _observer);

    protected override async Task PassAsync(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(() => Stopwatch.GetElapsedTime(started) > time, "time passes");
    }
}
