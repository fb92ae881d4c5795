using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Tests.Cluster;

/// <summary>What every implementation of presence promises.</summary>
internal abstract class PresenceContract
{
    private static readonly NodeName A = new("node-a");
    private static readonly NodeName B = new("node-b");

    private RoomId _room;
    private IPlaces _places = null!;
    private INodes _nodes = null!;

    [SetUp]
    public void Open()
    {
        _room = new RoomId(Guid.NewGuid().ToString("N"));
        (_places, _nodes) = Create();
    }

    [Test]
    public async Task A_claimed_place_is_found_by_id_and_by_account()
    {
        var place = await GrantedAsync(Wanted("ada", A));

        Assert.That((await FindAsync("ada"))!, Is.EqualTo(place));
        Assert.That(await _places.FindAsync(_room, new Identity("ada"), default), Is.EqualTo(place));
        Assert.That(await _places.FindAsync(_room, new Identity("bob"), default), Is.Null);
        var found = await _places.FindAsync(_room, [Id("bob"), Id("ada")], default);
        Assert.That(found, Is.EqualTo(new[] { null, place }));
    }

    [Test]
    public async Task Of_two_connections_of_one_account_the_newer_has_the_place_and_a_higher_fence()
    {
        var first = await GrantedAsync(Wanted("ada", A));
        var outcome = await ClaimAsync(Wanted("ada", B, stay: "second"), ClaimKind.Enter);

        Assert.That(outcome.Before, Is.EqualTo(first));
        Assert.That(outcome.Now!.Fence, Is.GreaterThan(first.Fence));
        Assert.That(outcome.Now.Order, Is.EqualTo(first.Order), "the roster keeps the time of joining");
        Assert.That(await ChangeAsync([first with { Muted = true }]), Is.EqualTo(new[] { Id("ada") }));
        await _places.ChangeAsync(_room, [], [first], default);
        Assert.That(await FindAsync("ada"), Is.EqualTo(outcome.Now), "the loser changes nothing");
    }

    [Test]
    public async Task An_account_has_one_place_and_a_media_id_one_holder()
    {
        await GrantedAsync(Wanted("ada", A));

        var sameAccount = Wanted("ada", B) with { Participant = Id("other"), MediaId = new MediaId(7) };
        Assert.That((await ClaimAsync(sameAccount, ClaimKind.Enter)).Verdict, Is.EqualTo(ClaimVerdict.IdentityTaken));
        var sameMedia = Wanted("bob", B) with { MediaId = Wanted("ada", A).MediaId };
        Assert.That((await ClaimAsync(sameMedia, ClaimKind.Enter)).Verdict, Is.EqualTo(ClaimVerdict.MediaIdTaken));
        Assert.That(await FindAsync("bob"), Is.Null);
    }

    [Test]
    public async Task Resuming_needs_the_same_stay()
    {
        await GrantedAsync(Wanted("ada", A));

        var other = await ClaimAsync(Wanted("ada", B, stay: "older"), ClaimKind.Resume);
        var nobody = await ClaimAsync(Wanted("bob", B), ClaimKind.Resume);
        var same = await ClaimAsync(Wanted("ada", B), ClaimKind.Resume);

        Assert.That(other.Verdict, Is.EqualTo(ClaimVerdict.StayOver));
        Assert.That(nobody.Verdict, Is.EqualTo(ClaimVerdict.StayOver));
        Assert.That(same.Verdict, Is.EqualTo(ClaimVerdict.Granted));
        Assert.That((await FindAsync("ada"))!.Node, Is.EqualTo(B));
    }

    [Test]
    public async Task What_is_restored_yields_to_somebody_newer_and_to_the_same_stay_that_is_connected()
    {
        var before = await GrantedAsync(Wanted("ada", A));
        await GrantedAsync(Wanted("ada", B, stay: "newer"));
        var bob = await GrantedAsync(Wanted("bob", A));
        await GrantedAsync(Wanted("bob", B), ClaimKind.Resume);

        Assert.That((await ClaimAsync(before, ClaimKind.Restore)).Verdict, Is.EqualTo(ClaimVerdict.StayOver));
        Assert.That((await ClaimAsync(bob, ClaimKind.Restore)).Verdict, Is.EqualTo(ClaimVerdict.StayOver));
    }

    [Test]
    public async Task Who_joined_while_the_store_was_away_has_the_place_of_the_account_even_under_another_id()
    {
        await GrantedAsync(Wanted("ada", A));
        var later = Wanted("ada", B, stay: "later") with { Participant = Id("again"), MediaId = new MediaId(9) };

        var outcome = await ClaimAsync(later, ClaimKind.Restore);

        Assert.That(outcome.Verdict, Is.EqualTo(ClaimVerdict.Granted));
        Assert.That(outcome.Before!.Participant, Is.EqualTo(Id("ada")));
        Assert.That(await FindAsync("ada"), Is.Null);
        Assert.That((await _places.FindAsync(_room, new Identity("ada"), default))!.Node, Is.EqualTo(B));
    }

    [Test]
    public async Task Places_that_the_store_forgot_are_restored_with_higher_fences()
    {
        var ada = await GrantedAsync(Wanted("ada", A) with { Order = 40, Fence = 50 }, ClaimKind.Restore);

        Assert.That((ada.Order, ada.Fence), Is.EqualTo((40L, 51L)));
        Assert.That((await GrantedAsync(Wanted("bob", A))).Fence, Is.EqualTo(52));
    }

    [Test]
    public async Task The_roster_is_read_by_pages_in_the_order_of_joining()
    {
        foreach (var name in (string[])["ada", "bob", "cyn", "dan"])
        {
            await GrantedAsync(Wanted(name, A));
        }

        await LeaveAsync("bob");
        var first = await _places.PageAsync(_room, 0, 2, default);
        var second = await _places.PageAsync(_room, first[^1].Order, 2, default);

        Assert.That(first.Concat(second).Select(place => place.Name), Is.EqualTo(new[] { "ada", "cyn", "dan" }));
    }

    [Test]
    public async Task Of_two_nodes_that_adopt_a_dead_ones_people_each_gets_others()
    {
        for (var i = 0; i < 7; i++)
        {
            await GrantedAsync(Wanted($"p{i}", A));
        }

        var stays = await GrantedAsync(Wanted("with-b", B));
        var c = new NodeName("node-c");
        var adoptedByB = await _nodes.AdoptAsync(_room, A, B, 4, default);
        var adoptedByC = await _nodes.AdoptAsync(_room, A, c, 4, default);

        Assert.That(adoptedByB, Has.Length.EqualTo(4).And.All.Property(nameof(Place.Node)).EqualTo(B));
        Assert.That(adoptedByC, Has.Length.EqualTo(3).And.All.Property(nameof(Place.Connected)).False);
        Assert.That(adoptedByB.Concat(adoptedByC).DistinctBy(place => place.Participant).Count(), Is.EqualTo(7));
        Assert.That(await _nodes.AdoptAsync(_room, A, B, 4, default), Is.Empty);
        Assert.That(await FindAsync("with-b"), Is.EqualTo(stays));
        Assert.That(await FindAsync(adoptedByB[0].Name), Is.EqualTo(adoptedByB[0]));
    }

    [Test]
    public async Task Counts_are_those_each_node_said_last()
    {
        await GrantedAsync(Wanted("ada", A));
        await GrantedAsync(Wanted("bob", B));
        await GrantedAsync(Wanted("cyn", B));

        await _nodes.TallyAsync(_room, A, 5, default);
        var tally = await _nodes.TallyAsync(_room, B, 7, default);

        Assert.That(tally.Listeners[A] + tally.Listeners[B], Is.EqualTo(12));
        Assert.That((tally.PlacesHere, tally.Places), Is.EqualTo((2, 3)));
        await _nodes.ForgetAsync(_room, default);
        Assert.That((await _nodes.TallyAsync(_room, A, 0, default)).Places, Is.Zero);
    }

    [Test]
    public async Task All_nodes_agree_on_one_media_node_until_it_is_replaced()
    {
        Assert.That(await _nodes.AgreeOnMediaAsync(_room, "sfu-1", null, default), Is.EqualTo("sfu-1"));
        Assert.That(await _nodes.AgreeOnMediaAsync(_room, "sfu-2", null, default), Is.EqualTo("sfu-1"));
        Assert.That(await _nodes.AgreeOnMediaAsync(_room, "sfu-2", "sfu-1", default), Is.EqualTo("sfu-2"));
        Assert.That(await _nodes.AgreeOnMediaAsync(_room, "sfu-3", "sfu-1", default), Is.EqualTo("sfu-2"));
    }

    [Test]
    public async Task A_node_that_does_not_beat_or_says_goodbye_is_dead()
    {
        var names = Enumerable.Range(0, 3).Select(_ => new NodeName(Guid.NewGuid().ToString("N"))).ToArray();
        await _nodes.BeatAsync(names[0], TimeSpan.FromMinutes(1), default);
        await _nodes.BeatAsync(names[1], TimeSpan.FromMilliseconds(1), default);
        var census = await _nodes.BeatAsync(names[2], TimeSpan.FromMinutes(1), default);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!census.Dead.Contains(names[1]))
        {
            await looks.WaitForNextTickAsync();
            census = await _nodes.BeatAsync(names[2], TimeSpan.FromMinutes(1), default);
        }

        Assert.That(census.Living, Is.SupersetOf(new[] { names[0], names[2] }));
        await _nodes.RetireAsync(names[0], default);
        census = await _nodes.BeatAsync(names[2], TimeSpan.FromMinutes(1), default);
        Assert.That(census.Dead, Is.SupersetOf(new[] { names[0], names[1] }));
        census = await _nodes.BeatAsync(names[1], TimeSpan.FromMinutes(1), default);
        Assert.That(census.Living, Does.Contain(names[1]), "a frozen node may come back");
    }

    [TestCase("Zoë \u2028 \"quoted\" \\ / {}[]")]
    [TestCase("日本語 🎙")]
    public async Task Any_name_comes_back_as_it_was(string name)
    {
        var place = await GrantedAsync(Wanted("ada", A) with { Name = name, Context = $$"""{"n":"{{name}}"}""" });
        await _nodes.AdoptAsync(_room, A, B, 1, default);

        var found = (await FindAsync("ada"))!;
        Assert.That((found.Name, found.Context), Is.EqualTo((place.Name, place.Context)));
    }

    protected abstract (IPlaces Places, INodes Nodes) Create();

    private static ParticipantId Id(string name) => new(name);

    private static Place Wanted(string name, NodeName node, string stay = "stay") =>
        new(
            Id(name),
            new Identity(name),
            name,
            new MediaId(name.Aggregate(17u, (hash, letter) => (hash * 31) + letter) | 0x80000000),
            Muted: false,
            stay,
            node,
            Connected: true,
            Fence: 0,
            Order: 0,
            Context: "{}"
        );

    private async Task<Place?> FindAsync(string name) => (await _places.FindAsync(_room, [Id(name)], default))[0];

    private async Task<ClaimOutcome> ClaimAsync(Place wanted, ClaimKind kind) =>
        await _places.ClaimAsync(_room, wanted, kind, default);

    private async Task<Place> GrantedAsync(Place wanted, ClaimKind kind = ClaimKind.Enter)
    {
        var outcome = await ClaimAsync(wanted, kind);
        Assert.That(outcome.Verdict, Is.EqualTo(ClaimVerdict.Granted));
        return outcome.Now!;
    }

    private async Task<ParticipantId[]> ChangeAsync(Place[] changed) =>
        [.. await _places.ChangeAsync(_room, changed, [], default)];

    private async Task LeaveAsync(string name) =>
        await _places.ChangeAsync(_room, [], [(await FindAsync(name))!], default);
}
