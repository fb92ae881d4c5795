using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>
/// Goal: whatever stands in Redis, no node crashes; what cannot be read is put aside and counts as absent. Method: an
/// administrator's commands spoil what was stored.
/// </summary>
[TestFixture]
internal sealed class RedisDamageTests
{
    private static readonly RoomId Id = new("lobby");
    private static readonly RecordKey Key = new("note", "ada", "one");
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private static readonly string[][] RoomDamage =
    [
        ["LSET", "spaces:{r:lobby}:log", "-1", "not JSON"],
        ["LSET", "spaces:{r:lobby}:log", "-1", "{}"],
        ["LSET", "spaces:{r:lobby}:log", "-1", """{"v":1,"t":"x","e":null}"""],
        ["LSET", "spaces:{r:lobby}:log", "-1", """{"v":1,"t":"x","e":{"type":"unheardOf"}}"""],
        ["LSET", "spaces:{r:lobby}:log", "-1", """{"v":1,"t":"x","e":{"type":"titleChanged","title":7}}"""],
        ["LSET", "spaces:{r:lobby}:log", "-1", "\0\u0001\uFFFD"],
        ["DEL", "spaces:{r:lobby}:log"],
        ["SET", "spaces:{r:lobby}:log", "a string"],
        ["LTRIM", "spaces:{r:lobby}:log", "0", "0"],
        ["SET", "spaces:{r:lobby}:head", "a string"],
        ["HSET", "spaces:{r:lobby}:head", "version", "many"],
        ["HSET", "spaces:{r:lobby}:head", "version", "-5"],
        ["HSET", "spaces:{r:lobby}:head", "version", "99999999999999999999"],
        ["HSET", "spaces:{r:lobby}:head", "snapshot", "2"],
        ["HSET", "spaces:{r:lobby}:head", "snapshot", "no number"],
    ];

    private RecordingObserver _observer = null!;
    private RedisDeployment _deployment = null!;
    private RedisConnection _redis = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _observer = new RecordingObserver();
        _deployment = await RedisDeployment.StartAsync(RedisKind.Plain);
        _redis = new RedisConnection(_deployment.Options, _observer);
        Assert.That(await _redis.WaitUntilUpAsync(TimeSpan.FromSeconds(10), CancellationToken.None), Is.True);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _redis.Dispose();
        await _deployment.DisposeAsync();
    }

    [SetUp]
    public async Task FlushAsync()
    {
        _observer.Forget();
        await _deployment.FlushAsync();
    }

    [TestCaseSource(nameof(RoomDamage))]
    public async Task A_room_that_cannot_be_read_is_put_aside_and_can_be_opened_anew(params string[] damage)
    {
        await AppendAsync(NewStore(), 0, Opened(), Title("One"), Title("Two"));
        await CallAsync(damage);
        var store = NewStore();

        Assert.That(await store.ListLiveAsync(null, 10, CancellationToken.None), Is.Empty);
        Assert.That(await store.LoadAsync(Id, CancellationToken.None), Is.Null);
        Assert.That(_observer.Quarantined, Is.EqualTo(["room lobby"]));
        Assert.That((await CallAsync("KEYS", "spaces:{r:lobby}:bad:*")).Items, Is.Not.Empty);

        await AppendAsync(store, 0, Opened());
        Assert.That((await store.LoadAsync(Id, CancellationToken.None))!.Version, Is.EqualTo(1));
    }

    [TestCaseSource(nameof(RoomDamage))]
    public async Task A_node_that_uses_a_room_after_it_was_damaged_never_crashes(params string[] damage)
    {
        var store = NewStore();
        await AppendAsync(store, 0, Opened(), Title("One"), Title("Two"));
        await CallAsync(damage);

        await store.TryAppendAsync(Id, 3, [Title("Three")], CancellationToken.None);
        await store.ReadEventsAsync(Id, 0, CancellationToken.None);
        await store.ReadEventsAsync(Id, 3, CancellationToken.None);
        var room = await store.LoadAsync(Id, CancellationToken.None);

        Assert.That(room?.State, Is.Null.Or.EqualTo(RoomState.Live));
        Assert.That(
            await store.ListLiveAsync(null, 10, CancellationToken.None),
            Has.Length.EqualTo(room is null ? 0 : 1)
        );
    }

    [Test]
    public async Task A_damaged_snapshot_is_noticed()
    {
        var store = NewStore();
        await AppendAsync(store, 0, Opened());
        for (var version = 1; version < RedisRoomStore.SnapshotInterval + 5; version++)
        {
            await AppendAsync(store, version, Title($"{version}"));
        }

        Assert.That((await NewStore().LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("68"));
        await CallAsync("SET", "spaces:{r:lobby}:snapshot", """{"v":1,"room":{}}""");
        Assert.That(await NewStore().LoadAsync(Id, CancellationToken.None), Is.Null);
        Assert.That(_observer.Quarantined, Is.EqualTo(["room lobby"]));
    }

    [Test]
    public async Task A_room_of_a_later_release_counts_as_absent_and_stays()
    {
        await AppendAsync(NewStore(), 0, Opened());
        await CallAsync("LSET", "spaces:{r:lobby}:log", "-1", """{"v":2,"t":"x","e":{"type":"news"}}""");

        Assert.That(await NewStore().LoadAsync(Id, CancellationToken.None), Is.Null);
        Assert.That(_observer.Quarantined, Is.Empty);
        Assert.That(await NewStore().TryAppendAsync(Id, 0, [Opened()], CancellationToken.None), Is.False);
        Assert.That((await CallAsync("LLEN", "spaces:{r:lobby}:log")).Number, Is.EqualTo(1));
    }

    [Test]
    public async Task Entries_of_the_list_that_name_no_room_are_left_out()
    {
        await AppendAsync(NewStore(), 0, Opened());
        foreach (var entry in new[] { "", "x", "0000000000000000000:", "0000000000000000001:gone", "ü:lobby" })
        {
            await CallAsync("ZADD", "spaces:{rooms}:live", "0", entry);
        }

        var live = await NewStore().ListLiveAsync(null, 10, CancellationToken.None);
        Assert.That(live.Select(room => room.Id), Is.EqualTo([Id]));
    }

    [Test]
    public async Task A_node_whose_last_event_was_lost_in_a_failover_is_told_to_load_anew()
    {
        var (one, other) = (NewStore(), NewStore());
        await AppendAsync(one, 0, Opened());
        await AppendAsync(one, 1, Title("Lost"));
        await CallAsync("RPOP", "spaces:{r:lobby}:log");
        await CallAsync("HSET", "spaces:{r:lobby}:head", "version", "1");
        await AppendAsync(other, 1, Title("Kept"));

        Assert.That(await one.TryAppendAsync(Id, 2, [Title("On top")], CancellationToken.None), Is.False);
        Assert.That((await one.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("Kept"));
        await AppendAsync(one, 2, Title("On top"));
        Assert.That((await other.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("On top"));
    }

    [Test]
    public async Task A_node_that_reads_after_an_event_that_was_lost_gets_none()
    {
        var (one, other) = (NewStore(), NewStore());
        await AppendAsync(one, 0, Opened());
        await AppendAsync(one, 1, Title("Lost"));
        await CallAsync("RPOP", "spaces:{r:lobby}:log");
        await CallAsync("HSET", "spaces:{r:lobby}:head", "version", "1");
        await AppendAsync(other, 1, Title("Kept"));
        await AppendAsync(other, 2, Title("More"));

        Assert.That(await one.ReadEventsAsync(Id, 2, CancellationToken.None), Is.Null);
        Assert.That((await other.ReadEventsAsync(Id, 2, CancellationToken.None))!.Value, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_record_of_the_wrong_type_is_put_aside()
    {
        var store = new RedisRecordStore(_redis, _observer);
        var good = Key with { Id = "two" };
        await store.TrySaveAsync(Key, 0, """{"v":1}""", null, CancellationToken.None);
        await store.TrySaveAsync(good, 0, """{"v":1}""", null, CancellationToken.None);
        await CallAsync("SET", "spaces:{note:ada}:r:one", "a string");

        Assert.That(await store.ListAsync("note", "ada", null, 10, CancellationToken.None), Has.Length.EqualTo(1));
        var both = await store.LoadManyAsync([Key, good], CancellationToken.None);
        Assert.That(both.Select(record => record?.Key), Is.EqualTo(new RecordKey?[] { null, good }));
        Assert.That(_observer.Quarantined, Is.EqualTo(["note ada/one"]));
        Assert.That(await store.TrySaveAsync(Key, 0, """{"v":1}""", null, CancellationToken.None), Is.True);
    }

    [Test]
    public async Task A_message_that_is_none_means_that_anything_may_have_changed()
    {
        var told = new List<RecordKey?>();
        var store = new RedisRecordStore(_redis, _observer);
        using var watch = store.Watch(
            "note",
            key =>
            {
                lock (told)
                {
                    told.Add(key);
                }
            }
        );

        await Hosting.Eventually.TrueAsync(
            async () =>
            {
                await CallAsync("PUBLISH", "spaces:kind:note", "a/b/c");
                await CallAsync("PUBLISH", "spaces:kind:note", "%00/%");
                await CallAsync("PUBLISH", "spaces:kind:note", "ada/x%20y");
                lock (told)
                {
                    return told.Contains(new RecordKey("note", "ada", "x y"));
                }
            },
            "told of the good one"
        );
        lock (told)
        {
            Assert.That(told.Distinct(), Is.EquivalentTo(new RecordKey?[] { null, new("note", "ada", "x y") }));
        }
    }

    private static RoomEvent.Opened Opened() => new("A talk", new Identity("ada"), "Ada", Now);

    private static RoomEvent.TitleChanged Title(string title) => new(title, Now);

    private static async Task AppendAsync(RedisRoomStore store, long version, params RoomEvent[] events) =>
        Assert.That(await store.TryAppendAsync(Id, version, [.. events], CancellationToken.None), Is.True);

    private RedisRoomStore NewStore() => new(_redis, new RoomRetention(), _observer);

    private Task<RedisReply> CallAsync(params string[] command) => _deployment.Servers[0].CallAsync(command);
}
