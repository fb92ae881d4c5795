using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

[TestFixture]
internal sealed class JournaledRoomStoreTests : RoomStoreContract
{
    private string _directory = null!;
    private int _stores;

    private string JournalPath => Path.Combine(_directory, $"{_stores}", "rooms.journal");

    [OneTimeSetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("spaces-journal-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    protected override IRoomStore CreateStore(int eventsMax = 1_000, int endedRoomsMax = 1_000)
    {
        _stores++;
        return Open(out _, eventsMax, endedRoomsMax);
    }

    [Test]
    public async Task What_was_committed_is_there_after_a_restart_with_its_events()
    {
        await AppendAsync(Id, 0, Opened(), OnStage(Role.Host));
        await AppendAsync(Id, 2, Decided("bob", Role.Speaker));
        var before = await Store.LoadAsync(Id, CancellationToken.None);

        for (var restart = 0; restart < 3; restart++)
        {
            Use(Reopen(out var recovery));

            var after = await Store.LoadAsync(Id, CancellationToken.None);
            Assert.That(recovery, Is.EqualTo(new JournalRecovery(1, 0, 0)));
            Assert.That(after!.Stage, Is.EqualTo(before!.Stage));
            Assert.That(after.Decisions, Is.EquivalentTo(before.Decisions));
            Assert.That(after with { Stage = before.Stage, Decisions = before.Decisions }, Is.EqualTo(before));
            var events = await Store.ReadEventsAsync(Id, 0, CancellationToken.None);
            Assert.That(events!.Value.Select(numbered => numbered.Number), Is.EqualTo([1L, 2L, 3L]));
            Assert.That(events.Value[1].Event, Is.EqualTo(OnStage(Role.Host)));
        }
    }

    [Test]
    public async Task A_torn_tail_is_cut_off_at_any_byte_and_all_before_it_is_there()
    {
        await AppendAsync(Id, 0, Opened());
        var whole = new FileInfo(JournalPath).Length;
        await AppendAsync(Id, 1, Title("Torn"));
        ((IDisposable)Store).Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalPath);

        for (var length = whole; length < bytes.Length; length++)
        {
            await File.WriteAllBytesAsync(JournalPath, bytes[..(int)length]);

            Use(Open(out var recovery));

            Assert.That(recovery.CutOffBytes, Is.EqualTo(length - whole));
            Assert.That((await Store.LoadAsync(Id, CancellationToken.None))!.Title, Is.EqualTo("A talk"));
            await AppendAsync(Id, 1, Title("Goes on"));
            ((IDisposable)Store).Dispose();
        }
    }

    [Test]
    public async Task Whatever_is_damaged_opening_never_crashes([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        await AppendAsync(Id, 0, Opened());
        await AppendAsync(Id, 1, Title("One"));
        await AppendAsync(new RoomId("other"), 0, Opened());
        ((IDisposable)Store).Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalPath);
        for (var flips = random.Next(1, 5); flips > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }

        await File.WriteAllBytesAsync(JournalPath, bytes);

        Use(Open(out var recovery));

        Assert.That(recovery.CutOffBytes, Is.GreaterThan(0));
        Assert.That(File.Exists(JournalPath + ".damaged"), Is.True);
    }

    [Test]
    public async Task Opening_compacts_what_ended_long_ago()
    {
        Use(CreateStore(endedRoomsMax: 1));
        for (var i = 0; i < 50; i++)
        {
            var end = new RoomEvent.Ended(RoomEndReason.Empty, Now);
            await AppendAsync(new RoomId($"r{i}"), 0, Opened(), end);
        }

        var before = new FileInfo(JournalPath).Length;
        Use(Reopen(out var recovery, endedRoomsMax: 1));

        Assert.That(recovery, Is.EqualTo(new JournalRecovery(0, 1, 0)));
        Assert.That(new FileInfo(JournalPath).Length, Is.LessThan(before / 10));
    }

    [Test]
    public void A_second_process_is_told_that_the_directory_has_an_owner() =>
        Assert.That(
            () => Open(out _),
            Throws.InstanceOf<IOException>().With.Message.StartsWith("Another process keeps its rooms in")
        );

    [Test]
    public async Task Every_event_of_a_room_and_its_end_are_read_back_as_they_were_before_and_after_compaction()
    {
        await AppendAsync(Id, 0, Opened(), OnStage(Role.Host), Title("Renamed"), OnStage(Role.Speaker));
        await AppendAsync(Id, 4, Decided("bob", Role.Listener));
        await AppendAsync(Id, 5, new RoomEvent.StageLeft(Ada.Id, Decision: null, Now));
        await AppendAsync(Id, 6, new RoomEvent.Ended(RoomEndReason.Administrator, Now));
        var room = await Store.LoadAsync(Id, CancellationToken.None);
        var events = await Store.ReadEventsAsync(Id, 0, CancellationToken.None);

        for (var restart = 0; restart < 2; restart++)
        {
            Use(Reopen(out var recovery));

            var after = await Store.LoadAsync(Id, CancellationToken.None);
            Assert.That(recovery, Is.EqualTo(new JournalRecovery(0, 1, 0)));
            Assert.That(after! with { Stage = room!.Stage, Decisions = room.Decisions }, Is.EqualTo(room));
            Assert.That(after.Decisions, Is.EquivalentTo(room.Decisions));
            Assert.That(await Store.ReadEventsAsync(Id, 0, CancellationToken.None), Is.EqualTo(events));
        }
    }

    [Test]
    public void A_journal_of_another_schema_is_refused_and_kept()
    {
        ((IDisposable)Store).Dispose();
        using (var journal = RoomJournal.Open(JournalPath, _ => true, out _))
        {
            var entry = new JournalEntry(RoomJson.Version + 1, Id, 0, [Opened()], null);
            journal.Append(JsonSerializer.SerializeToUtf8Bytes(entry, RoomJson.Options));
        }

        var length = new FileInfo(JournalPath).Length;
        Assert.That(() => Open(out _), Throws.InstanceOf<InvalidDataException>());
        Assert.That(new FileInfo(JournalPath).Length, Is.EqualTo(length));
    }

    private JournaledRoomStore Reopen(out JournalRecovery recovery, int endedRoomsMax = 1_000)
    {
        ((IDisposable)Store).Dispose();
        return Open(out recovery, endedRoomsMax: endedRoomsMax);
    }

    private JournaledRoomStore Open(out JournalRecovery recovery, int eventsMax = 1_000, int endedRoomsMax = 1_000) =>
        JournaledRoomStore.Open(
            Path.GetDirectoryName(JournalPath)!,
            new RoomRetention(eventsMax, endedRoomsMax),
            out recovery
        );
}
