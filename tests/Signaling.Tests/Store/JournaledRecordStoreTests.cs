using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store;

[TestFixture]
internal sealed class JournaledRecordStoreTests : RecordStoreContract
{
    private static readonly RecordKey Key = new("note", "ada", "one");

    private TestClock _clock = null!;
    private string _root = null!;
    private int _stores;

    private string DirectoryOfStore => Path.Combine(_root, $"{_stores}");

    private string JournalPath => Path.Combine(DirectoryOfStore, "records.journal");

    [OneTimeSetUp]
    public void CreateDirectory() => _root = Directory.CreateTempSubdirectory("spaces-records-").FullName;

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_root, recursive: true);

    protected override IRecordStore CreateStore()
    {
        _stores++;
        _clock = new TestClock(DateTimeOffset.UnixEpoch.AddYears(56));
        return Open(out _);
    }

    protected override Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }

    [Test]
    public async Task What_was_saved_is_there_after_a_restart_and_what_was_deleted_or_is_over_is_not()
    {
        await SaveAsync(Key, 0, """{"v":1}""");
        await SaveAsync(Key, 1, """{"v":1,"text":"Ж 🎙"}""", TimeSpan.FromMinutes(2));
        await SaveAsync(Key with { Id = "deleted" }, 0, """{"v":1}""");
        await Store.TryDeleteAsync(Key with { Id = "deleted" }, 1, CancellationToken.None);
        await SaveAsync(Key with { Id = "over" }, 0, """{"v":1}""", TimeSpan.FromMinutes(1));
        await SaveAsync(Key with { Id = "bad" }, 0, "damaged");
        var bad = (await Store.LoadAsync(Key with { Id = "bad" }, CancellationToken.None))!;
        await Store.QuarantineAsync(bad, "Test.", CancellationToken.None);
        var expected = await Store.LoadAsync(Key, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(90));

        for (var restart = 0; restart < 3; restart++)
        {
            Use(Reopen(out var cutOff));

            Assert.That(cutOff, Is.Zero);
            var all = await Store.ListAsync("note", "ada", null, 10, CancellationToken.None);
            Assert.That(all, Is.EqualTo([expected]));
        }

        var aside = await File.ReadAllTextAsync(Path.Combine(DirectoryOfStore, "records.quarantine"));
        Assert.That(aside, Does.Contain("damaged"));
    }

    [Test]
    public async Task A_torn_tail_is_cut_off_at_any_byte_and_all_before_it_is_there()
    {
        await SaveAsync(Key, 0, """{"v":1}""");
        var whole = new FileInfo(JournalPath).Length;
        await SaveAsync(Key, 1, """{"v":1,"torn":true}""");
        ((IDisposable)Store).Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalPath);

        for (var length = whole; length < bytes.Length; length++)
        {
            await File.WriteAllBytesAsync(JournalPath, bytes[..(int)length]);
            Use(Open(out var cutOff));

            Assert.That(cutOff, Is.EqualTo(length - whole));
            Assert.That((await Store.LoadAsync(Key, CancellationToken.None))!.Version, Is.EqualTo(1));
            ((IDisposable)Store).Dispose();
        }
    }

    [Test]
    public async Task Whatever_is_damaged_opening_never_crashes([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 3; i++)
        {
            await SaveAsync(Key with { Id = $"{i}" }, 0, """{"v":1}""");
        }

        ((IDisposable)Store).Dispose();
        var bytes = await File.ReadAllBytesAsync(JournalPath);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        await File.WriteAllBytesAsync(JournalPath, bytes);

        Use(Open(out var cutOff));

        Assert.That(cutOff, Is.GreaterThan(0));
    }

    [Test]
    public void A_second_process_is_told_that_the_directory_has_an_owner() =>
        Assert.That(
            () => Open(out _),
            Throws.InstanceOf<IOException>().With.Message.StartsWith("Another process keeps its records in")
        );

    [Test]
    public async Task A_journal_of_another_schema_is_refused_and_kept()
    {
        ((IDisposable)Store).Dispose();
        using (var journal = RoomJournal.Open(JournalPath, _ => true, out _))
        {
            journal.Append(
                """{"v":2,"kind":"k","partition":"p","id":"i","version":1,"json":"","until":null}"""u8.ToArray()
            );
        }

        var before = await File.ReadAllBytesAsync(JournalPath);
        Assert.That(() => Open(out _), Throws.InstanceOf<InvalidDataException>());
        Assert.That(await File.ReadAllBytesAsync(JournalPath), Is.EqualTo(before));
    }

    private JournaledRecordStore Reopen(out long cutOff)
    {
        ((IDisposable)Store).Dispose();
        return Open(out cutOff);
    }

    private JournaledRecordStore Open(out long cutOff) =>
        JournaledRecordStore.Open(DirectoryOfStore, _clock, SilentStoreObserver.Instance, out cutOff);
}
