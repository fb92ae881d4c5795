using System.Diagnostics;
using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>
/// Goal: without Redis every call says so within 500 ms, and within 5 s of its return everything works again. Method:
/// a real server that is killed or stands still. REDIS_AWAY_SECONDS=600 is the full run (<c>make redis-away</c>).
/// </summary>
[TestFixture]
[NonParallelizable]
internal sealed class RedisAwayTests
{
    private static readonly TimeSpan RefusedWithin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(5);
    private static readonly RoomId Id = new("lobby");
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("REDIS_AWAY_SECONDS") ?? "15", CultureInfo.InvariantCulture)
    );

    private RecordingObserver _observer = null!;
    private RedisDeployment _deployment = null!;
    private RedisConnection _redis = null!;
    private RedisRoomStore _rooms = null!;
    private RedisRecordStore _records = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _observer = new RecordingObserver();
        _deployment = await RedisDeployment.StartAsync(RedisKind.Plain);
        _redis = new RedisConnection(_deployment.Options, _observer);
        _rooms = new RedisRoomStore(_redis, new RoomRetention(), _observer);
        _records = new RedisRecordStore(_redis, _observer);
        Assert.That(await _redis.WaitUntilUpAsync(TimeSpan.FromSeconds(10), CancellationToken.None), Is.True);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _redis.Dispose();
        await _deployment.DisposeAsync();
    }

    [Test]
    public async Task A_server_that_is_killed_is_missed_at_once_and_found_when_it_is_back()
    {
        var version = await OpenAsync();
        var told = 0;
        using var watch = _rooms.Watch(Id, () => Interlocked.Increment(ref told));

        _deployment.Servers[0].Kill();
        await RefuseForAsync(Away);
        await _deployment.Servers[0].StartAsync();

        await BackAsync(version);
        Volatile.Write(ref told, 0);
        await Eventually.TrueAsync(() => AppendUntilToldAsync(() => Volatile.Read(ref told)), "news come again");
    }

    [Test]
    public async Task A_server_that_stands_still_is_missed_in_time_and_found_when_it_moves()
    {
        var version = await OpenAsync();

        _deployment.Servers[0].Freeze();
        await RefuseForAsync(Away);
        _deployment.Servers[0].Thaw();

        await BackAsync(version);
    }

    [Test]
    public async Task A_process_that_starts_without_Redis_waits_for_it()
    {
        _deployment.Servers[0].Kill();
        using var redis = new RedisConnection(_deployment.Options, _observer);
        var store = new RedisRecordStore(redis, _observer);
        Assert.That(
            async () => await store.LoadAsync(new RecordKey("note", "-", "one"), CancellationToken.None),
            Throws.InstanceOf<RoomStoreUnavailableException>()
        );

        await _deployment.Servers[0].StartAsync();

        Assert.That(await redis.WaitUntilUpAsync(BackWithin, CancellationToken.None), Is.True);
        Assert.That(await store.LoadAsync(new RecordKey("note", "-", "one"), CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_room_that_Redis_lost_is_written_anew_by_the_node_that_follows_it()
    {
        await OpenAsync();
        using var watch = _rooms.Watch(Id, () => { });
        var before = await _rooms.LoadAsync(Id, CancellationToken.None);

        await _deployment.FlushAsync();

        using var other = new RedisConnection(_deployment.Options, _observer);
        var elsewhere = new RedisRoomStore(other, new RoomRetention(), _observer);
        Assert.That(await other.WaitUntilUpAsync(BackWithin, CancellationToken.None), Is.True);
        Assert.That(await elsewhere.LoadAsync(Id, CancellationToken.None), Is.Null, "it is lost");
        Assert.That(await _rooms.LoadAsync(Id, CancellationToken.None), Is.EqualTo(before));
        Assert.That(await elsewhere.LoadAsync(Id, CancellationToken.None), Is.EqualTo(before), "it is back");
        Assert.That(await elsewhere.ListLiveAsync(null, 10, CancellationToken.None), Has.Length.EqualTo(1));

        await _deployment.FlushAsync();
        await AppendAsync(before!.Version, "Goes on");
        Assert.That((await elsewhere.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("Goes on"));
    }

    [Test]
    public async Task Scripts_that_Redis_forgot_are_sent_again()
    {
        var version = await OpenAsync();
        await _deployment.Servers[0].CallAsync("SCRIPT", "FLUSH");

        await AppendAsync(version, "After");
        Assert.That((await _rooms.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("After"));
    }

    [Test]
    public async Task A_Redis_without_memory_refuses_and_the_operator_is_told()
    {
        var version = await OpenAsync();
        await _deployment.Servers[0].CallAsync("CONFIG", "SET", "maxmemory", "1");

        Assert.That(
            async () => await AppendAsync(version, "Too much"),
            Throws.InstanceOf<RoomStoreUnavailableException>().With.Message.Contains("OOM")
        );
        Assert.That(_observer.RefusalCount, Is.GreaterThan(0));

        await _deployment.Servers[0].CallAsync("CONFIG", "SET", "maxmemory", "0");
        await AppendAsync(version, "Again");
    }

    private async Task<long> OpenAsync()
    {
        RoomEvent opened = new RoomEvent.Opened("A talk", new Identity("ada"), "Ada", Now);
        Assert.That(await _rooms.TryAppendAsync(Id, 0, [opened], CancellationToken.None), Is.True);
        return 1;
    }

    private async Task AppendAsync(long version, string title) =>
        Assert.That(
            await _rooms.TryAppendAsync(Id, version, [new RoomEvent.TitleChanged(title, Now)], CancellationToken.None),
            Is.True
        );

    private async Task<bool> AppendUntilToldAsync(Func<int> told)
    {
        var room = await _rooms.LoadAsync(Id, CancellationToken.None);
        await AppendAsync(room!.Version, "News");
        return told() > 0;
    }

    /// <summary>Calls without a pause; each must be refused, and in time.</summary>
    private async Task RefuseForAsync(TimeSpan time)
    {
        RoomEvent change = new RoomEvent.TitleChanged("No", Now);
        Func<Task>[] calls =
        [
            async () => await _rooms.TryAppendAsync(Id, 1, [change], CancellationToken.None),
            async () => await _records.LoadAsync(new RecordKey("note", "-", "one"), CancellationToken.None),
        ];
        var started = Stopwatch.GetTimestamp();
        var slowest = TimeSpan.Zero;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            foreach (var call in calls)
            {
                var asked = Stopwatch.GetTimestamp();
                Assert.That(call, Throws.InstanceOf<RoomStoreUnavailableException>());
                var took = Stopwatch.GetElapsedTime(asked);
                slowest = took > slowest ? took : slowest;
            }

            await pause.WaitForNextTickAsync();
        }

        TestContext.Out.WriteLine($"away {time.TotalSeconds} s, slowest refusal {slowest.TotalMilliseconds:F0} ms");
        Assert.That(slowest, Is.LessThan(RefusedWithin));
    }

    /// <summary>
    /// The store must work within <see cref="BackWithin"/>; nothing that was refused need have happened.
    /// </summary>
    private async Task BackAsync(long version)
    {
        var returned = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    var room = await _rooms.LoadAsync(Id, CancellationToken.None);
                    await AppendAsync(room?.Version ?? version, "Back");
                    return true;
                }
                catch (RoomStoreUnavailableException)
                {
                    return false;
                }
            },
            "the store works again"
        );
        var took = Stopwatch.GetElapsedTime(returned);
        TestContext.Out.WriteLine($"back after {took.TotalMilliseconds:F0} ms");
        Assert.That(took, Is.LessThan(BackWithin));
        Assert.That(await _redis.WaitUntilUpAsync(BackWithin, CancellationToken.None), Is.True);
        Assert.That(_observer.LostCount, Is.EqualTo(1));
    }
}
