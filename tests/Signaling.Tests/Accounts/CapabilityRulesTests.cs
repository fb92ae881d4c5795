using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>Every rule at its edges, the order of stages, and what people are told.</summary>
[TestFixture]
internal sealed class CapabilityRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly AccountFacts Ada = new(new Identity("ada"), 599, "DE", "ios");

    public static IEnumerable<TestCaseData> Edges()
    {
        Condition followers = new Condition.FollowersMin(600);
        const string FollowersRule = "Hosting is open to accounts with at least 600 followers; ";
        yield return Refused("599 of 600 followers", followers, Ada, FollowersRule + "yours has 599.");
        yield return Admitted("600 of 600 followers", followers, Ada with { Followers = 600 });
        yield return Admitted("601 of 600 followers", followers, Ada with { Followers = 601 });
        yield return Refused(
            "an unknown number of followers",
            followers,
            Ada with
            {
                Followers = null,
            },
            FollowersRule + "how many yours has is not known."
        );
        yield return Refused(
            "no follower of one",
            new Condition.FollowersMin(1),
            Ada with
            {
                Followers = 0,
            },
            "Hosting is open to accounts with at least 1 follower; yours has 0."
        );
        Condition list = new Condition.AllowList([new Identity("ada"), new Identity("bob")]);
        yield return Admitted("an account on the list", list, Ada);
        yield return Refused(
            "an account that differs from the list in case",
            list,
            Ada with
            {
                Identity = new Identity("Ada"),
            },
            "Hosting is open to a list of chosen accounts only; yours is not among them."
        );
        foreach (var data in PlaceEdges().Concat(TimeEdges()))
        {
            yield return data;
        }
    }

    [TestCaseSource(nameof(Edges))]
    public void A_rule_holds_at_its_edges(Condition condition, AccountFacts facts, DateTimeOffset now, string? refusal)
    {
        var verdict = Rules(Capability.Host, new RolloutStage("first", [condition]))
            .Decide(Capability.Host, facts, now);

        Assert.That(verdict.Refusal?.Message, Is.EqualTo(refusal));
        Assert.That(verdict.IsAllowed, Is.EqualTo(refusal is null));
        Assert.That(verdict.Stage?.Name, Is.EqualTo(refusal is null ? "first" : null));
        Assert.That(
            verdict.Refusal?.Code,
            Is.EqualTo(refusal is null ? (RefusalCode?)null : RefusalCode.PermissionDenied)
        );
    }

    [Test]
    public void Without_rules_everybody_may_do_everything([Values] Capability capability) =>
        Assert.That(CapabilityRules.None.Decide(capability, Nobody, Noon), Is.EqualTo(CapabilityVerdict.Open));

    [Test]
    public void A_rule_for_one_capability_leaves_the_others_open()
    {
        var rules = Rules(Capability.Host);

        Assert.That(rules.Decide(Capability.Speak, Ada, Noon).IsAllowed);
        Assert.That(rules.Decide(Capability.Listen, Ada, Noon).IsAllowed);
    }

    [TestCase(Capability.Host, "Hosting is not open to anybody at present.")]
    [TestCase(Capability.Speak, "Speaking is not open to anybody at present.")]
    [TestCase(Capability.Listen, "Listening is not open to anybody at present.")]
    public void Without_any_stage_a_capability_is_closed(Capability capability, string sentence) =>
        Assert.That(Rules(capability).Decide(capability, Ada, Noon).Refusal!.Message, Is.EqualTo(sentence));

    [Test]
    public void A_stage_without_conditions_admits_everybody() =>
        Assert.That(
            Rules(Capability.Host, new RolloutStage("all", [])).Decide(Capability.Host, Nobody, Noon).IsAllowed
        );

    [Test]
    public void All_conditions_of_a_stage_must_hold()
    {
        var rules = Rules(
            Capability.Host,
            new RolloutStage("both", [new Condition.FollowersMin(600), new Condition.InCountries(["DE"])])
        );

        Assert.That(rules.Decide(Capability.Host, Ada with { Followers = 600 }, Noon).IsAllowed);
        Assert.That(rules.Decide(Capability.Host, Ada, Noon).IsAllowed, Is.False);
        Assert.That(
            rules.Decide(Capability.Host, Ada with { Followers = 600, Country = "FR" }, Noon).IsAllowed,
            Is.False
        );
    }

    [Test]
    public void An_account_is_in_the_first_stage_that_admits_it()
    {
        var rules = Rules(
            Capability.Host,
            new RolloutStage("team", [new Condition.AllowList([Ada.Identity])]),
            new RolloutStage("known", [new Condition.FollowersMin(600)]),
            new RolloutStage("germany", [new Condition.InCountries(["DE"])])
        );

        Assert.That(StageOf(rules, Ada with { Followers = 600 }), Is.EqualTo("team"));
        Assert.That(StageOf(rules, Ada with { Identity = new Identity("bob"), Followers = 600 }), Is.EqualTo("known"));
        Assert.That(StageOf(rules, Ada with { Identity = new Identity("bob") }), Is.EqualTo("germany"));
        Assert.That(StageOf(rules, Nobody), Is.Null);
    }

    [Test]
    public void A_refusal_speaks_of_the_stage_that_is_nearest_and_never_of_a_list_if_there_is_more_to_say()
    {
        var rules = Rules(
            Capability.Host,
            new RolloutStage("known in Germany", [new Condition.FollowersMin(600), new Condition.InCountries(["DE"])]),
            new RolloutStage("team", [new Condition.AllowList([])]),
            new RolloutStage("far", [new Condition.FollowersMin(10_000), new Condition.OnPlatforms(["android"])])
        );

        Assert.That(
            rules.Decide(Capability.Host, Ada, Noon).Refusal!.Message,
            Is.EqualTo("Hosting is open to accounts with at least 600 followers; yours has 599.")
        );
    }

    [Test]
    public void The_next_start_is_the_earliest_that_is_still_to_come()
    {
        var rules = Rules(
            Capability.Host,
            new RolloutStage("past", [new Condition.StartsAt(Noon)]),
            new RolloutStage("later", [new Condition.StartsAt(Noon.AddDays(2))]),
            new RolloutStage("sooner", [new Condition.StartsAt(Noon.AddDays(1))])
        );

        Assert.That(rules.NextStart(Noon), Is.EqualTo(Noon.AddDays(1)));
        Assert.That(rules.NextStart(Noon.AddDays(2)), Is.Null);
        Assert.That(CapabilityRules.None.NextStart(Noon), Is.Null);
    }

    internal static CapabilityRules Rules(Capability capability, params RolloutStage[] stages) =>
        CapabilityRules.None with
        {
            Stages = CapabilityRules.None.Stages.Add(capability, [.. stages]),
        };

    private static AccountFacts Nobody => new(new Identity("nobody"));

    private static string? StageOf(CapabilityRules rules, AccountFacts facts) =>
        rules.Decide(Capability.Host, facts, Noon).Stage?.Name;

    private static IEnumerable<TestCaseData> PlaceEdges()
    {
        Condition one = new Condition.InCountries(["DE"]);
        Condition many = new Condition.InCountries(["AT", "BE", "CH", "DK", "ES", "FI", "GB"]);
        yield return Admitted("a country of the list", one, Ada);
        yield return Refused(
            "another country",
            one,
            Ada with
            {
                Country = "FR",
            },
            "Hosting is open in Germany; your account is in France."
        );
        yield return Refused(
            "an unknown country",
            new Condition.InCountries(["DE", "FR"]),
            Ada with
            {
                Country = null,
            },
            "Hosting is open in Germany and France; the country of your account is not known."
        );
        yield return Refused(
            "a country not among many",
            many,
            Ada,
            "Hosting is open in Austria, Belgium, Switzerland, Denmark, Spain and 2 more; your account is in Germany."
        );
        Condition platform = new Condition.OnPlatforms(["android", "web"]);
        yield return Admitted("a platform of the list", platform, Ada with { Platform = "web" });
        yield return Refused("another platform", platform, Ada, "Hosting is open on android and web; you use ios.");
        yield return Refused(
            "an unknown platform",
            platform,
            Ada with
            {
                Platform = null,
            },
            "Hosting is open on android and web; what you use is not known."
        );
    }

    private static IEnumerable<TestCaseData> TimeEdges()
    {
        Condition start = new Condition.StartsAt(Noon);
        yield return Admitted("the very moment of the start", start, Ada);
        yield return Refused(
            "a tick before the start",
            start,
            Ada,
            "Hosting opens on 1 December 2026 at 12:00 UTC.",
            Noon.AddTicks(-1)
        );
        var place = AccountShare.PlaceOf(Ada.Identity, Capability.Host);
        yield return Admitted("a share just above the account's place", new Condition.Share(place + 1), Ada);
        yield return Refused(
            "a share that ends just below the account's place",
            new Condition.Share(place),
            Ada,
            $"Hosting is open to {place / 100m:0.##} % of all accounts so far; yours is not among them yet."
        );
        yield return Admitted("all accounts", new Condition.Share(10_000), Ada);
        yield return Refused(
            "none of the accounts",
            new Condition.Share(0),
            Ada,
            "Hosting is open to 0 % of all accounts so far; yours is not among them yet."
        );
        Condition invited = new Condition.Invited(InvitedTo.Hosting);
        yield return Admitted("an account that was invited", invited, Ada with { InvitedTo = InvitedTo.Hosting });
        yield return Refused(
            "an account that was invited to something else",
            invited,
            Ada with
            {
                InvitedTo = InvitedTo.Registration,
            },
            "Hosting is open by invitation; redeem an invitation code first."
        );
    }

    private static TestCaseData Admitted(string name, Condition condition, AccountFacts facts) =>
        new TestCaseData(condition, facts, Noon, null).SetArgDisplayNames($"{name} is admitted");

    private static TestCaseData Refused(
        string name,
        Condition condition,
        AccountFacts facts,
        string sentence,
        DateTimeOffset? now = null
    ) => new TestCaseData(condition, facts, now ?? Noon, sentence).SetArgDisplayNames($"{name} is refused");
}
