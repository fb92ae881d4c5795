using System.Collections.Concurrent;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Store;

/// <summary>What every <see cref="IRecordStore"/> must do. A store joins in by one derived fixture.</summary>
internal abstract class RecordStoreContract
{
    private const string Json = """{"v":1,"text":"zwölf \"Ж\" 🎙"}""";
    private static readonly RecordKey Key = new("test-kind", "ada", "one");

    protected IRecordStore Store { get; private set; } = null!;

    protected abstract IRecordStore CreateStore();

    /// <summary>Lets at least <paramref name="time"/> pass by the clock of the store.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [SetUp]
    public void SetUp() => Store = CreateStore();

    [TearDown]
    public void TearDown() => (Store as IDisposable)?.Dispose();

    protected void Use(IRecordStore store)
    {
        (Store as IDisposable)?.Dispose();
        Store = store;
    }

    [Test]
    public async Task A_record_that_was_never_saved_is_not_there() =>
        Assert.That(await Store.LoadAsync(Key, CancellationToken.None), Is.Null);

    [Test]
    public async Task A_saved_record_is_loaded_as_it_was_and_its_version_grows_by_one()
    {
        await SaveAsync(Key, 0, Json);
        Assert.That(await Store.LoadAsync(Key, CancellationToken.None), Is.EqualTo(new StoredRecord(Key, 1, Json)));

        await SaveAsync(Key, 1, """{"v":1}""");
        Assert.That((await Store.LoadAsync(Key, CancellationToken.None))!.Version, Is.EqualTo(2));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public async Task A_save_on_another_version_changes_nothing(long expected)
    {
        await SaveAsync(Key, 0, Json);
        await SaveAsync(Key, 1, Json);

        Assert.That(await TrySaveAsync(Key, expected, """{"v":9}"""), Is.False);
        Assert.That(await Store.TryDeleteAsync(Key, expected, CancellationToken.None), Is.False);
        Assert.That(await Store.LoadAsync(Key, CancellationToken.None), Is.EqualTo(new StoredRecord(Key, 2, Json)));
    }

    [Test]
    public async Task Of_many_saves_at_once_exactly_one_wins()
    {
        var wins = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => Task.Run(() => TrySaveAsync(Key, 0, $$"""{"v":1,"i":{{i}}}""")))
        );

        Assert.That(wins.Count(won => won), Is.EqualTo(1));
    }

    [Test]
    public async Task A_deleted_record_is_gone_and_can_be_made_anew()
    {
        await SaveAsync(Key, 0, Json);
        Assert.That(await Store.TryDeleteAsync(Key, 1, CancellationToken.None), Is.True);

        Assert.That(await Store.LoadAsync(Key, CancellationToken.None), Is.Null);
        Assert.That(await Store.TryDeleteAsync(Key, 1, CancellationToken.None), Is.False);
        Assert.That(await ListAsync("ada"), Is.Empty);
        await SaveAsync(Key, 0, Json);
    }

    [Test]
    public async Task Many_records_are_loaded_in_the_order_of_their_keys_over_all_partitions()
    {
        var keys = Enumerable.Range(0, 40).Select(i => new RecordKey("test-kind", $"p{i % 7}", $"i{i}")).ToArray();
        foreach (var key in keys.Where((_, i) => i % 2 == 0))
        {
            await SaveAsync(key, 0, $$"""{"v":1,"id":"{{key.Id}}"}""");
        }

        var found = await Store.LoadManyAsync(keys, CancellationToken.None);

        Assert.That(
            found.Select(record => record?.Key.Id),
            Is.EqualTo(keys.Select((key, i) => i % 2 == 0 ? key.Id : null))
        );
        Assert.That(found[4]!.Json, Is.EqualTo("""{"v":1,"id":"i4"}"""));
    }

    [Test]
    public async Task A_partition_is_listed_by_the_order_of_ids_in_pages()
    {
        string[] ids = ["b", "a", "Z", "é", "🎙", "￿", "a b", "a/b", "a{b}", "%41", "aa", "10", "9", "~"];
        foreach (var id in ids)
        {
            await SaveAsync(new RecordKey("test-kind", "ada", id), 0, Json);
        }

        await SaveAsync(new RecordKey("test-kind", "ad", "other"), 0, Json);
        await SaveAsync(new RecordKey("test-kinds", "ada", "other"), 0, Json);

        var listed = new List<string>();
        while (
            await Store.ListAsync("test-kind", "ada", listed.LastOrDefault(), 3, CancellationToken.None)
                is { IsEmpty: false } page
        )
        {
            Assert.That(page, Has.Length.LessThanOrEqualTo(3));
            listed.AddRange(page.Select(record => record.Key.Id));
        }

        Assert.That(
            listed,
            Is.EqualTo(["%41", "10", "9", "Z", "a", "a b", "a/b", "aa", "a{b}", "b", "~", "é", "￿", "🎙"])
        );
    }

    [Test]
    public async Task Names_may_be_anything_printable_and_never_meet()
    {
        string[] names =
        [
            "-",
            "{x}",
            "}{",
            "a:b",
            "a b",
            "a%20b",
            "ä",
            "a\"'\\",
            "{}",
            "*",
            "[a]",
            new string('x', 256),
        ];
        foreach (var partition in names)
        {
            foreach (var id in names)
            {
                await SaveAsync(
                    new RecordKey("test-kind", partition, id),
                    0,
                    $$"""{"v":1,"n":"{{partition.Length}}{{id.Length}}"}"""
                );
            }
        }

        foreach (var partition in names)
        {
            Assert.That((await ListAsync(partition)).Select(record => record.Key.Id), Is.EquivalentTo(names));
        }
    }

    [TestCase("Kind", "p", "i")]
    [TestCase("", "p", "i")]
    [TestCase("kind", "", "i")]
    [TestCase("kind", "p", "a\nb")]
    [TestCase("kind", "p", "half a pair: ?")]
    public void Other_names_are_refused(string kind, string partition, string id) =>
        Assert.That(
            async () =>
                await Store.LoadAsync(
                    new RecordKey(kind, partition, id.Replace('?', '\ud800')),
                    CancellationToken.None
                ),
            Throws.InstanceOf<ArgumentException>()
        );

    [Test]
    public async Task A_record_is_gone_after_its_lifetime_unless_it_was_saved_anew()
    {
        var kept = Key with { Id = "kept" };
        await SaveAsync(Key, 0, Json, TimeSpan.FromMilliseconds(300));
        await SaveAsync(kept, 0, Json, TimeSpan.FromMilliseconds(300));
        await SaveAsync(kept, 1, Json);
        Assert.That(await ListAsync("ada"), Has.Length.EqualTo(2));

        await PassAsync(TimeSpan.FromMilliseconds(400));

        Assert.That(await Store.LoadAsync(Key, CancellationToken.None), Is.Null);
        Assert.That((await ListAsync("ada")).Select(record => record.Key), Is.EqualTo([kept]));
        await SaveAsync(Key, 0, Json);
    }

    [Test]
    public async Task Whoever_watches_a_kind_is_told_of_each_change_until_they_stop()
    {
        var told = new ConcurrentQueue<RecordKey?>();
        using (Store.Watch(Key.Kind, told.Enqueue))
        {
            await Eventually.TrueAsync(() => WatchWorksAsync(told), "the watch began");
            await SaveAsync(new RecordKey("other-kind", "ada", "one"), 0, Json);
            await SaveAsync(Key, 0, Json);
            await Eventually.TrueAsync(() => told.Contains(Key), "told of a write");

            told.Clear();
            await Store.TryDeleteAsync(Key, 1, CancellationToken.None);
            await Eventually.TrueAsync(() => told.Contains(Key), "told of a deletion");
            Assert.That(told.Where(key => key?.Kind == "other-kind"), Is.Empty);
        }
    }

    [Test]
    public async Task What_is_put_aside_is_absent_unless_somebody_wrote_it_anew()
    {
        await SaveAsync(Key, 0, "damaged");
        var damaged = (await Store.LoadAsync(Key, CancellationToken.None))!;
        await SaveAsync(Key, 1, Json);

        await Store.QuarantineAsync(damaged, "Test.", CancellationToken.None);
        Assert.That((await Store.LoadAsync(Key, CancellationToken.None))!.Json, Is.EqualTo(Json));

        await Store.QuarantineAsync(new StoredRecord(Key, 2, Json), "Test.", CancellationToken.None);
        Assert.That(await Store.LoadAsync(Key, CancellationToken.None), Is.Null);
        Assert.That(await ListAsync("ada"), Is.Empty);
    }

    protected async Task SaveAsync(RecordKey key, long version, string json, TimeSpan? lifetime = null) =>
        Assert.That(await TrySaveAsync(key, version, json, lifetime), Is.True);

    private async Task<bool> TrySaveAsync(RecordKey key, long version, string json, TimeSpan? lifetime = null) =>
        await Store.TrySaveAsync(key, version, json, lifetime, CancellationToken.None);

    private async Task<StoredRecord[]> ListAsync(string partition) =>
        [.. await Store.ListAsync(Key.Kind, partition, null, 1_000, CancellationToken.None)];

    private async Task<bool> WatchWorksAsync(ConcurrentQueue<RecordKey?> told)
    {
        var probe = new RecordKey(Key.Kind, "probe", $"{Guid.NewGuid()}");
        await SaveAsync(probe, 0, Json);
        return !told.IsEmpty;
    }
}
