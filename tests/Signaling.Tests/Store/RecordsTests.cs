using System.Text.Json.Serialization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

/// <summary>Goal: values come back as they went in, and what is no value harms nobody.</summary>
[TestFixture]
internal sealed partial class RecordsTests
{
    private readonly RecordingObserver _observer = new();
    private InMemoryRecordStore _store = null!;
    private Records<Note> _notes = null!;

    [SetUp]
    public void SetUp()
    {
        _store = new InMemoryRecordStore(TimeProvider.System, _observer);
        _notes = new Records<Note>(_store, "note", new RecordJson<Note>(NoteJson.Default.Note, schema: 2));
    }

    [Test]
    public async Task A_value_comes_back_with_its_version_and_is_stored_with_its_schema()
    {
        await UpdateAsync("one", _ => new Note("Grüße", 7));
        var second = await UpdateAsync("one", note => note! with { Number = 8 });

        Assert.That(second, Is.EqualTo(new Record<Note>(_notes.Key("-", "one"), 2, new Note("Grüße", 8))));
        Assert.That(await _notes.FindAsync("-", "one", CancellationToken.None), Is.EqualTo(second));
        var stored = await _store.LoadAsync(_notes.Key("-", "one"), CancellationToken.None);
        Assert.That(stored!.Json, Does.StartWith("""{"v":2,"text":"""));
    }

    [Test]
    public async Task Updates_at_once_lose_nothing()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => Task.Run(() => UpdateAsync("one", note => new Note("", (note?.Number ?? 0) + 1))))
        );

        Assert.That((await _notes.FindAsync("-", "one", CancellationToken.None))!.Value.Number, Is.EqualTo(20));
    }

    [Test]
    public async Task An_update_that_changes_nothing_writes_nothing()
    {
        await UpdateAsync("one", _ => new Note("", 1));

        Assert.That((await UpdateAsync("one", note => note))!.Version, Is.EqualTo(1));
        Assert.That(await UpdateAsync("none", note => note), Is.Null);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"v":2""")]
    [TestCase("""{"v":2,"text":7,"number":1}""")]
    [TestCase("""{"v":2}""")]
    [TestCase("""{"v":1,"text":"","number":1}""")]
    [TestCase("""{"v":"2","text":"","number":1}""")]
    [TestCase("""{"text":"","number":1,"v":2}""")]
    [TestCase("""{"v":0}""")]
    public async Task What_cannot_be_read_is_put_aside_and_counts_as_absent(string json)
    {
        await SaveRawAsync("bad", json);
        await UpdateAsync("good", _ => new Note("", 1));

        Assert.That(await _notes.ListAsync("-", null, 10, CancellationToken.None), Has.Length.EqualTo(1));
        Assert.That(await _notes.FindAsync("-", "bad", CancellationToken.None), Is.Null);
        Assert.That(_store.Quarantine.Single().Json, Is.EqualTo(json));
        Assert.That(_observer.Quarantined, Is.EqualTo(["note -/bad"]));
        Assert.That(await UpdateAsync("bad", _ => new Note("", 2)), Is.Not.Null);
    }

    [Test]
    public async Task What_a_later_release_wrote_counts_as_absent_and_stays()
    {
        const string Later = """{"v":3,"other":true}""";
        await SaveRawAsync("later", Later);

        Assert.That(await _notes.FindAsync("-", "later", CancellationToken.None), Is.Null);
        Assert.That(
            await _notes.TrySaveAsync("-", "later", 0, new Note("", 1), null, CancellationToken.None),
            Is.False
        );
        var stored = await _store.LoadAsync(_notes.Key("-", "later"), CancellationToken.None);
        Assert.That(stored!.Json, Is.EqualTo(Later));
        Assert.That(_observer.Quarantined, Is.Empty);
    }

    [Test]
    public async Task A_page_is_full_even_when_some_of_it_cannot_be_read()
    {
        for (var i = 0; i < 10; i++)
        {
            await SaveRawAsync($"{i}", i % 2 == 0 ? "damaged" : """{"v":2,"text":"","number":1}""");
        }

        var page = await _notes.ListAsync("-", null, 4, CancellationToken.None);
        Assert.That(page.Select(record => record.Key.Id), Is.EqualTo(["1", "3", "5", "7"]));
    }

    [TearDown]
    public void Forget() => _observer.Forget();

    private async Task<Record<Note>?> UpdateAsync(string id, Func<Note?, Note?> change) =>
        await _notes.UpdateAsync("-", id, change, lifetime: null, CancellationToken.None);

    private async Task SaveRawAsync(string id, string json) =>
        Assert.That(await _store.TrySaveAsync(_notes.Key("-", id), 0, json, null, CancellationToken.None), Is.True);

    internal sealed record Note(string Text, int Number);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true
    )]
    [JsonSerializable(typeof(Note))]
    internal sealed partial class NoteJson : JsonSerializerContext;
}
