using Spaces.Signaling.Domain;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store;

/// <summary>What every <see cref="IRoomStore"/> must do. A store joins in by one derived fixture.</summary>
internal abstract class RoomStoreContract
{
    protected static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    protected static readonly RoomId Id = new("lobby");

    protected static readonly Person Ada = new(
        new ParticipantId("ada-1"),
        new Identity("ada"),
        "Ada \"the\" Первая",
        new MediaId(uint.MaxValue),
        Muted: true
    );

    protected IRoomStore Store { get; private set; } = null!;

    /// <param name="eventsMax">Events it keeps of a room.</param>
    /// <param name="endedRoomsMax">Ended rooms it keeps.</param>
    protected abstract IRoomStore CreateStore(int eventsMax = 1_000, int endedRoomsMax = 1_000);

    [SetUp]
    public void SetUp() => Store = CreateStore();

    [TearDown]
    public void TearDown() => (Store as IDisposable)?.Dispose();

    protected void Use(IRoomStore store)
    {
        (Store as IDisposable)?.Dispose();
        Store = store;
    }

    [Test]
    public async Task A_room_that_was_never_stored_is_not_there() =>
        Assert.That(await Store.LoadAsync(Id, CancellationToken.None), Is.Null);

    [Test]
    public async Task A_stored_room_loads_as_its_events_made_it()
    {
        await AppendAsync(Id, 0, Opened());
        await AppendAsync(Id, 1, OnStage(Role.Host), Decided("bob", Role.Listener));

        var room = await Store.LoadAsync(Id, CancellationToken.None);

        Assert.That(room!.Version, Is.EqualTo(3));
        Assert.That(room.Stage, Is.EqualTo([new StageMember(Ada, Role.Host, false, true)]));
        Assert.That(room.Decisions[new Identity("bob")], Is.EqualTo(SpeakRight.Taken));
        Assert.That(room.CreatedAt, Is.EqualTo(Now));
    }

    [Test]
    public async Task Of_two_appends_to_the_same_version_only_the_first_wins()
    {
        await AppendAsync(Id, 0, Opened());

        Assert.That(await TryAppendAsync(Id, 1, new RoomEvent.TitleChanged("First", Now)), Is.True);
        Assert.That(await TryAppendAsync(Id, 1, new RoomEvent.TitleChanged("Second", Now)), Is.False);
        Assert.That((await Store.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("First"));
    }

    [Test]
    public async Task Of_many_appends_at_once_exactly_one_wins()
    {
        await AppendAsync(Id, 0, Opened());

        var wins = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i => Task.Run(() => TryAppendAsync(Id, 1, new RoomEvent.TitleChanged($"T{i}", Now))))
        );

        Assert.That(wins.Count(won => won), Is.EqualTo(1));
    }

    [TestCase(0, new long[] { 1, 2, 3 })]
    [TestCase(2, new long[] { 3 })]
    [TestCase(3, new long[0])]
    public async Task Events_are_read_from_any_number_without_a_gap(long after, long[] expected)
    {
        await AppendAsync(Id, 0, Opened(), OnStage(Role.Host), new RoomEvent.TitleChanged("Other", Now));

        var events = await Store.ReadEventsAsync(Id, after, CancellationToken.None);

        Assert.That(events!.Value.Select(numbered => numbered.Number), Is.EqualTo(expected));
    }

    [Test]
    public async Task Events_that_are_no_longer_kept_and_events_to_come_are_not_read()
    {
        Use(CreateStore(eventsMax: 2));
        await AppendAsync(Id, 0, Opened(), Title("a"), Title("b"), Title("c"));

        Assert.Multiple(async () =>
        {
            Assert.That((await Store.ReadEventsAsync(Id, 2, CancellationToken.None))!.Value, Has.Length.EqualTo(2));
            Assert.That(await Store.ReadEventsAsync(Id, 1, CancellationToken.None), Is.Null);
            Assert.That(await Store.ReadEventsAsync(Id, 5, CancellationToken.None), Is.Null);
            Assert.That(await Store.ReadEventsAsync(new RoomId("other"), 0, CancellationToken.None), Is.Null);
        });
    }

    [Test]
    public async Task Live_rooms_are_listed_newest_first_by_pages_and_ended_ones_are_not()
    {
        for (var i = 0; i < 7; i++)
        {
            await AppendAsync(new RoomId($"r{i}"), 0, Opened(Now.AddSeconds(i / 2)));
        }

        await AppendAsync(new RoomId("r3"), 1, new RoomEvent.Ended(RoomEndReason.Empty, Now));

        var listed = new List<string>();
        RoomPosition? after = null;
        while (await Store.ListLiveAsync(after, 2, CancellationToken.None) is { IsEmpty: false } page)
        {
            listed.AddRange(page.Select(room => room.Id.Value));
            after = RoomPosition.Of(page[^1]);
        }

        Assert.That(listed, Is.EqualTo(["r6", "r4", "r5", "r2", "r0", "r1"]));
    }

    [Test]
    public async Task Ended_rooms_can_be_read_until_there_are_too_many()
    {
        Use(CreateStore(endedRoomsMax: 2));
        foreach (var id in new[] { "a", "b", "c" })
        {
            await AppendAsync(new RoomId(id), 0, Opened(), new RoomEvent.Ended(RoomEndReason.Host, Now));
        }

        Assert.That(await Store.LoadAsync(new RoomId("a"), CancellationToken.None), Is.Null);
        var last = await Store.LoadAsync(new RoomId("c"), CancellationToken.None);
        Assert.That((last!.State, last.EndedAt), Is.EqualTo((RoomState.Ended, (DateTimeOffset?)Now)));
    }

    [Test]
    public async Task Scheduled_rooms_are_listed_soonest_first_until_they_start_or_are_called_off()
    {
        int[] hours = [5, 1, 3, 1, 4];
        foreach (var (index, hour) in hours.Index())
        {
            await AppendAsync(new RoomId($"s{index}"), 0, Scheduled(Now.AddHours(hour)));
        }

        await AppendAsync(new RoomId("s4"), 1, new RoomEvent.Started(Now));
        await AppendAsync(new RoomId("s2"), 1, new RoomEvent.Ended(RoomEndReason.Host, Now));
        await AppendAsync(new RoomId("s0"), 1, new RoomEvent.Edited("A talk", "", [], Now.AddMinutes(90), Now));

        var listed = new List<string>();
        SchedulePosition? after = null;
        while (await Store.ListScheduledAsync(after, 2, CancellationToken.None) is { IsEmpty: false } page)
        {
            listed.AddRange(page.Select(room => room.Id.Value));
            after = SchedulePosition.Of(page[^1]);
        }

        Assert.That(listed, Is.EqualTo(["s1", "s3", "s0"]));
        var live = await Store.ListLiveAsync(null, 10, CancellationToken.None);
        Assert.That(live.Select(room => room.Id.Value), Is.EqualTo(["s4"]));
    }

    [Test]
    public async Task Whoever_watches_a_room_is_told_when_its_log_grows_until_they_stop()
    {
        await AppendAsync(Id, 0, Opened());
        var version = 1;
        var told = 0;
        using (Store.Watch(Id, () => Interlocked.Increment(ref told)))
        {
            await Eventually.TrueAsync(() => AppendUntilToldAsync(() => Volatile.Read(ref told)), "told of an append");
        }

        var toldBefore = Volatile.Read(ref told);
        var toldSecond = 0;
        using (Store.Watch(Id, () => Interlocked.Increment(ref toldSecond)))
        {
            await Eventually.TrueAsync(() => AppendUntilToldAsync(() => Volatile.Read(ref toldSecond)), "told again");
        }

        Assert.That(Volatile.Read(ref told), Is.EqualTo(toldBefore));

        async Task<bool> AppendUntilToldAsync(Func<int> count)
        {
            var before = count();
            await AppendAsync(Id, version, Title($"{version++}"));
            await Task.Yield();
            return count() > before;
        }
    }

    protected async Task AppendAsync(RoomId id, long version, params RoomEvent[] events) =>
        Assert.That(await TryAppendAsync(id, version, events), Is.True);

    protected static RoomEvent Opened(DateTimeOffset? at = null) =>
        new RoomEvent.Opened("A talk", Ada.Identity, Ada.Name, at ?? Now);

    private static RoomEvent.Scheduled Scheduled(DateTimeOffset startsAt) =>
        new("A talk", Ada.Identity, Ada.Name, startsAt, "", [], RoomPolicy.Default, Now);

    protected static RoomEvent Title(string title) => new RoomEvent.TitleChanged(title, Now);

    protected static RoomEvent OnStage(Role role) =>
        new RoomEvent.StageChanged(new StageMember(Ada, role, false, true), null, Now);

    protected static RoomEvent Decided(string identity, Role role) =>
        new RoomEvent.StageLeft(
            new ParticipantId($"{identity}-1"),
            new RoleDecision(new Identity(identity), role),
            Now
        );

    private async Task<bool> TryAppendAsync(RoomId id, long version, params RoomEvent[] events) =>
        await Store.TryAppendAsync(id, version, [.. events], CancellationToken.None);
}
