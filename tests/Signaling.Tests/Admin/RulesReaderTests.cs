using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Admin;
using Spaces.V1;
using Capability = Spaces.V1.Capability;
using CapabilityRules = Spaces.V1.CapabilityRules;
using Opened = Spaces.Signaling.Domain.Capabilities.Capability;

namespace Spaces.Signaling.Tests.Admin;

/// <summary>Rules as operators write them, and the field that is named when they are wrong.</summary>
[TestFixture]
internal sealed class RulesReaderTests
{
    [Test]
    public void Every_condition_is_read()
    {
        var start = new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
        var stage = new CapabilityStage
        {
            Name = "early-1",
            Accounts = { "ada" },
            FollowersMin = 600,
            Countries = { "de", "FR" },
            Platforms = { "iOS" },
            Percentage = 12.34,
            StartsAt = Timestamp.FromDateTimeOffset(start),
            InvitedTo = InvitationPurpose.Hosting,
            Notice = "Try it!",
        };

        Assert.That(RulesReader.TryRead(Rules(stage), out var rules, out var problem), Is.True, problem);

        var read = rules!.Stages[Opened.Host].Single();
        Assert.That(
            read,
            Is.EqualTo(
                new RolloutStage(
                    "early-1",
                    [
                        new Condition.AllowList([new Identity("ada")]),
                        new Condition.StartsAt(start),
                        new Condition.Invited(InvitedTo.Hosting),
                        new Condition.FollowersMin(600),
                        new Condition.InCountries(["DE", "FR"]),
                        new Condition.OnPlatforms(["ios"]),
                        new Condition.Share(1234),
                    ],
                    "Try it!"
                )
            )
        );
    }

    [Test]
    public void An_opening_without_stages_is_closed_and_an_absent_one_open()
    {
        var rules = new CapabilityRules { Openings = { new CapabilityOpening { Capability = Capability.Speak } } };

        Assert.That(RulesReader.TryRead(rules, out var read, out _), Is.True);

        Assert.That(read!.HasRulesFor(Opened.Speak));
        Assert.That(read.HasRulesFor(Opened.Host), Is.False);
    }

    public static IEnumerable<TestCaseData> Mistakes()
    {
        yield return Mistake(stage => stage.Name = "", ".name is not 1-64 characters of [a-z0-9-].");
        yield return Mistake(stage => stage.Name = "Early", ".name is not 1-64");
        yield return Mistake(stage => stage.Name = new string('a', 65), ".name is not 1-64");
        yield return Mistake(stage => stage.Accounts.AddRange(["ok", ""]), ".accounts[1] is empty.");
        yield return Mistake(stage => stage.FollowersMin = uint.MaxValue, ".followers_min is above 2147483647.");
        yield return Mistake(stage => stage.Countries.AddRange(["DE", "UK"]), ".countries[1] is not a country code.");
        yield return Mistake(stage => stage.Platforms.Add(" "), ".platforms[0] is not a platform.");
        foreach (var wrong in new[] { -0.01, 100.01, 0.001, double.NaN, double.PositiveInfinity })
        {
            yield return Mistake(stage => stage.Percentage = wrong, ".percentage is not a number from 0 to 100");
        }

        yield return Mistake(stage => stage.StartsAt = new Timestamp { Nanos = -1 }, ".starts_at is not a time.");
        yield return Mistake(stage => stage.InvitedTo = (InvitationPurpose)9, ".invited_to is unknown.");
        yield return Mistake(stage => stage.Notice = new string('n', 501), ".notice has 501 characters.");
        yield return Mistake(stage => stage.Notice = "a\u0000b", ".notice has a line break or another control");
    }

    [TestCaseSource(nameof(Mistakes))]
    public void A_mistake_is_named_by_its_field(Action<CapabilityStage> mistake, string problem)
    {
        var stage = new CapabilityStage { Name = "fine" };
        mistake(stage);

        Assert.That(RulesReader.TryRead(Rules(stage), out _, out var found), Is.False);

        Assert.That(found, Does.StartWith($"rules.openings[0].stages[0]{problem}").And.EndWith("."));
    }

    [Test]
    public void Mistakes_of_the_whole_are_named()
    {
        var twice = new CapabilityRules();
        twice.Openings.Add(new CapabilityOpening { Capability = Capability.Host });
        twice.Openings.Add(new CapabilityOpening { Capability = Capability.Host });
        var sameName = Rules(new CapabilityStage { Name = "a" });
        sameName.Openings[0].Stages.Add(new CapabilityStage { Name = "a" });
        var many = Rules(new CapabilityStage { Name = "a" });
        many.Openings[0].Stages.AddRange(Enumerable.Range(0, 50).Select(i => new CapabilityStage { Name = $"s{i}" }));
        var list = Rules(new CapabilityStage { Name = "a" });
        list.Openings[0].Stages[0].Accounts.AddRange(Enumerable.Range(0, 10_001).Select(i => $"p{i}"));

        Assert.That(
            ProblemOf(twice),
            Is.EqualTo("rules.openings[1].capability is there a second time. Put its stages together.")
        );
        Assert.That(ProblemOf(sameName), Does.StartWith("rules.openings[0].stages[1].name is 'a'"));
        Assert.That(ProblemOf(many), Is.EqualTo("rules.openings[0].stages are 51. Give at most 50."));
        Assert.That(ProblemOf(list), Is.EqualTo("rules name 10001 accounts. Give at most 10000 in all."));
        Assert.That(
            ProblemOf(new CapabilityRules { Openings = { new CapabilityOpening() } }),
            Does.StartWith("rules.openings[0].capability is not set.")
        );
        Assert.That(
            ProblemOf(new CapabilityRules { HostingCodesPerAccount = 1_001 }),
            Is.EqualTo("rules.hosting_codes_per_account is 1001. Give at most 1000.")
        );
    }

    private static string? ProblemOf(CapabilityRules rules)
    {
        RulesReader.TryRead(rules, out _, out var problem);
        return problem;
    }

    private static TestCaseData Mistake(Action<CapabilityStage> mistake, string problem) =>
        new TestCaseData(mistake, problem).SetArgDisplayNames(problem);

    internal static CapabilityRules Rules(params CapabilityStage[] stages)
    {
        var opening = new CapabilityOpening { Capability = Capability.Host };
        opening.Stages.AddRange(stages);
        return new CapabilityRules { Openings = { opening } };
    }
}
