using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Safety;

namespace Spaces.Signaling.Tests.Safety;

/// <summary>The pure rules: whom suspensions, orders and closed countries keep out of which room.</summary>
[TestFixture]
public sealed class RestrictionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Room Hosted = HostedBy("ada");

    [Test]
    public void Without_restrictions_everybody_may() =>
        Assert.That(
            (
                Restrictions.None.Refusal(Hosted, In("IN")),
                Restrictions.None.EndReason(Hosted),
                Restrictions.None.IsEmpty
            ),
            Is.EqualTo(((RoomRefusal?)null, (RoomEndReason?)null, true))
        );

    [Test]
    public void A_suspended_account_may_nowhere_and_the_rooms_it_hosts_end()
    {
        var suspensions = ImmutableDictionary<string, Suspension>.Empty.Add(
            "ada",
            new Suspension("It sold tickets.", "mod", Now, Until: null)
        );
        var restrictions = new Restrictions(suspensions, [], ServiceCountries.Everywhere);

        Assert.That(restrictions.Refusal(new AccountFacts(new Identity("ada")))!.Message, Does.Contain("sold tickets"));
        Assert.That(restrictions.EndReason(Hosted), Is.EqualTo(RoomEndReason.Suspended));
        Assert.That(restrictions.EndReason(HostedBy("bob")), Is.Null);
        Assert.That(restrictions.Refusal(In("IN")), Is.Null);
    }

    [Test]
    public void A_world_wide_order_ends_rooms_and_keeps_accounts_out()
    {
        var restrictions = With(Order([], accounts: ["mallory"], rooms: ["other"]));

        Assert.That(restrictions.EndReason(HostedBy("bob", "other")), Is.EqualTo(RoomEndReason.TakenDown));
        Assert.That(restrictions.EndReason(HostedBy("mallory")), Is.EqualTo(RoomEndReason.TakenDown));
        Assert.That(restrictions.EndReason(Hosted), Is.Null);
        var refusal = restrictions.Refusal(new AccountFacts(new Identity("mallory")));
        Assert.That(refusal!.Message, Is.EqualTo("By order of a court. (Case 7/2026.)"));
    }

    [TestCase("IN", false)]
    [TestCase("DE", true)]
    [TestCase(null, true)]
    public void An_order_for_countries_keeps_their_people_out_of_the_room_alone(string? country, bool mayEnter)
    {
        var restrictions = With(Order(["IN"], accounts: [], rooms: ["room"]));

        Assert.That(restrictions.Refusal(Hosted, In(country)) is null, Is.EqualTo(mayEnter));
        Assert.That(restrictions.Refusal(HostedBy("bob", "other"), In(country)), Is.Null);
        Assert.That(restrictions.EndReason(Hosted), Is.Null, "elsewhere it goes on");
    }

    [Test]
    public void An_account_under_an_order_is_not_heard_in_its_countries_for_as_long_as_it_may_speak()
    {
        var restrictions = With(Order(["IN"], accounts: ["mallory"], rooms: []));
        var speaker = new Person(
            new ParticipantId("p"),
            new Identity("mallory"),
            "Mallory",
            new MediaId(7),
            Muted: true
        );
        var heard = Hosted.Apply(Hosted.Decide(new RoomCommand.Enter(speaker, TokenMaySpeak: true, Now)).Events);

        Assert.That(restrictions.Refusal(heard, In("IN")), Is.Not.Null);
        Assert.That(restrictions.Refusal(heard, In("DE")), Is.Null);
        Assert.That(restrictions.Refusal(Hosted, In("IN")), Is.Null, "before it came to the stage");
        Assert.That(restrictions.Refusal(HostedBy("mallory"), In("IN")), Is.Not.Null);
    }

    [TestCase(CountryListMode.OpenOnly, "IN", true)]
    [TestCase(CountryListMode.OpenOnly, "DE", false)]
    [TestCase(CountryListMode.OpenOnly, null, false)]
    [TestCase(CountryListMode.Closed, "IN", false)]
    [TestCase(CountryListMode.Closed, "DE", true)]
    [TestCase(CountryListMode.Closed, null, true)]
    [TestCase(CountryListMode.OpenEverywhere, "IN", true)]
    public void The_service_is_open_where_the_list_says(CountryListMode mode, string? country, bool isOpen)
    {
        var service = new ServiceCountries(mode, ["IN"], "");
        var restrictions = new Restrictions(ImmutableDictionary<string, Suspension>.Empty, [], service);

        Assert.That(restrictions.Refusal(In(country)) is null, Is.EqualTo(isOpen));
    }

    [Test]
    public void A_report_is_decided_once_and_only_by_what_it_can_be_carried_out_on()
    {
        var aboutRoom = new Report("ada", Now, About: null, "room", "A talk", 1, "");
        var aboutPerson = new Report("ada", Now, "bob", Room: null, "", 1, "");

        Assert.That(aboutRoom.Refusal(ReportDecision.Suspended), Is.Not.Null);
        Assert.That(aboutRoom.Refusal(ReportDecision.Takedown), Is.Null);
        Assert.That(aboutPerson.Refusal(ReportDecision.Removed), Is.Not.Null);
        Assert.That(aboutPerson.Refusal(ReportDecision.Warning), Is.Null);
        var closed = aboutPerson with { State = ReportState.Closed };
        Assert.That(closed.Refusal(ReportDecision.NoAction)!.Code, Is.EqualTo(RefusalCode.FailedPrecondition));
    }

    private static Restrictions With(TakedownOrder order) =>
        new(ImmutableDictionary<string, Suspension>.Empty, [order], ServiceCountries.Everywhere);

    private static TakedownOrder Order(string[] countries, string[] accounts, string[] rooms) =>
        new(
            "order",
            "7/2026",
            "By order of a court.",
            [.. countries],
            [.. accounts.Select(account => new Identity(account))],
            [.. rooms.Select(room => new RoomId(room))]
        );

    private static AccountFacts In(string? country) => new(new Identity("zoe"), Country: country);

    private static Room HostedBy(string host, string id = "room")
    {
        var room = Room.Unopened(new RoomId(id));
        return room.Apply(room.Decide(new RoomCommand.Open("A talk", new Identity(host), host, Now)).Events);
    }
}
