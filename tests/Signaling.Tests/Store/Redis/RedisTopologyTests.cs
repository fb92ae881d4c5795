using System.Diagnostics;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>
/// Goal: rooms go on while slots and primaries move. Method: real clusters and Sentinels that move them.
/// </summary>
[TestFixture]
internal sealed class RedisTopologyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly RoomId Id = new("lobby");

    /// <summary>A primary is missed after 0.6 s, and its heir found and told of within a few.</summary>
    private static readonly TimeSpan FailOverWithin = TimeSpan.FromSeconds(10);

    private readonly RecordingObserver _observer = new();
    private RedisDeployment _deployment = null!;
    private RedisConnection _redis = null!;
    private RedisRoomStore _store = null!;

    [TearDown]
    public async Task StopAsync()
    {
        _redis.Dispose();
        await _deployment.DisposeAsync();
    }

    [TestCase(RedisKind.Cluster)]
    [TestCase(RedisKind.ClusterWithTlsAndAclUser)]
    public async Task A_room_goes_on_while_its_slot_moves_to_another_server(RedisKind kind)
    {
        await StartAsync(kind);
        var slot = HashSlot.Of("{r:lobby}");
        var from = _deployment.Servers[slot / 5462];
        var to = _deployment.Servers[((slot / 5462) + 1) % 3];
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(stop.Token);

        await MoveAsync(slot, from, to);
        await stop.CancelAsync();
        var written = await writing;

        Assert.That(written, Is.GreaterThan(5));
        var events = await _store.ReadEventsAsync(Id, 0, CancellationToken.None);
        Assert.That(events!.Value.Select(numbered => numbered.Number), Is.EqualTo(Enumerable.Range(1, (int)written)));
        Assert.That((await to.CallAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Number, Is.GreaterThan(0));
        Assert.That(_observer.RefusalCount, Is.Zero);
    }

    [Test]
    public async Task A_room_goes_on_after_its_primary_died_and_Sentinels_chose_another()
    {
        await StartAsync(RedisKind.Sentinel);
        var told = 0;
        using var watch = _store.Watch(Id, () => Interlocked.Increment(ref told));
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync(stop.Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref told) > 20, "the room lives");

        var died = Stopwatch.GetTimestamp();
        await _deployment.FailOverAsync();
        await Eventually.TrueAsync(() => !_redis.IsUp, "missed");
        Assert.That(await _redis.WaitUntilUpAsync(FailOverWithin, CancellationToken.None), Is.True);
        TestContext.Out.WriteLine($"failed over after {Stopwatch.GetElapsedTime(died).TotalSeconds:F1} s");
        Volatile.Write(ref told, 0);
        await Eventually.TrueAsync(() => Volatile.Read(ref told) > 20, "the room goes on, and is heard of");
        await stop.CancelAsync();
        await writing;

        var room = await _store.LoadAsync(Id, CancellationToken.None);
        var events = await _store.ReadEventsAsync(Id, 0, CancellationToken.None);
        Assert.That(
            events!.Value.Select(numbered => numbered.Number),
            Is.EqualTo(Enumerable.Range(1, (int)room!.Version))
        );
        Assert.That(
            Room.Unopened(Id).Apply(events.Value.Select(numbered => numbered.Event)).Title,
            Is.EqualTo(room.Title)
        );
    }

    private async Task StartAsync(RedisKind kind)
    {
        _deployment = await RedisDeployment.StartAsync(kind);
        _redis = new RedisConnection(_deployment.Options, _observer);
        _store = new RedisRoomStore(_redis, new RoomRetention(EventsMax: 1_000_000), _observer);
        Assert.That(await _redis.WaitUntilUpAsync(TimeSpan.FromSeconds(10), CancellationToken.None), Is.True);
    }

    /// <summary>Appends all the time, as a node does: on a refusal it loads the room and goes on.</summary>
    /// <returns>The room's version at the end.</returns>
    private async Task<long> WriteAsync(CancellationToken stop)
    {
        var version = 0L;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                RoomEvent next =
                    version == 0
                        ? new RoomEvent.Opened("A talk", new Identity("ada"), "Ada", Now)
                        : new RoomEvent.TitleChanged($"{version}", Now);
                version = await _store.TryAppendAsync(Id, version, [next], CancellationToken.None)
                    ? version + 1
                    : (await _store.LoadAsync(Id, CancellationToken.None))?.Version ?? 0;
            }
            catch (RoomStoreUnavailableException)
            {
                await Task.Yield(); // It may have been written all the same: the next append will tell.
            }
        }

        return version;
    }

    /// <summary>What <c>redis-cli --cluster reshard</c> does, a key at a time.</summary>
    private async Task MoveAsync(int slot, RedisProcess from, RedisProcess to)
    {
        await Eventually.TrueAsync(
            async () => (await from.CallAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Number > 0,
            "the room is there"
        );
        var fromId = (await from.CallAsync("CLUSTER", "MYID")).Text;
        var toId = (await to.CallAsync("CLUSTER", "MYID")).Text;
        await to.CallAsync("CLUSTER", "SETSLOT", $"{slot}", "IMPORTING", fromId);
        await from.CallAsync("CLUSTER", "SETSLOT", $"{slot}", "MIGRATING", toId);
        string[] login =
            _deployment.Kind == RedisKind.Cluster ? [] : ["AUTH2", "administrator", RedisDeployment.Secret];
        while ((await from.CallAsync("CLUSTER", "GETKEYSINSLOT", $"{slot}", "1")).Items is [var key])
        {
            string[] move = ["MIGRATE", "127.0.0.1", $"{to.Port}", "", "0", "5000", "REPLACE"];
            await from.CallAsync([.. move, .. login, "KEYS", key.Text]);
        }

        foreach (var server in _deployment.Servers)
        {
            await server.CallAsync("CLUSTER", "SETSLOT", $"{slot}", "NODE", toId);
        }
    }
}
