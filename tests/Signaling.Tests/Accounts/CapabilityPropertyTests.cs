using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>What must hold of any rules and any accounts.</summary>
[TestFixture]
internal sealed class CapabilityPropertyTests
{
    private const int AccountCount = 10_000;
    private const int TrialCount = 300;

    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void As_the_share_grows_nobody_who_was_in_falls_out([Values] Capability capability)
    {
        var admitted = ImmutableHashSet<Identity>.Empty;
        for (var percent = 0; percent <= 100; percent++)
        {
            var rules = CapabilityRulesTests.Rules(
                capability,
                new RolloutStage("s", [new Condition.Share(percent * 100)])
            );
            var now = Accounts().Where(facts => rules.Decide(capability, facts, Noon).IsAllowed);
            var next = now.Select(facts => facts.Identity).ToImmutableHashSet();

            Assert.That(admitted.IsSubsetOf(next), $"somebody of {percent - 1} % is not among {percent} %");
            Assert.That(next, Has.Count.EqualTo(AccountCount * percent / 100).Within(AccountCount / 50));
            admitted = next;
        }

        Assert.That(admitted, Has.Count.EqualTo(AccountCount));
    }

    [Test]
    public void Who_goes_first_differs_from_capability_to_capability()
    {
        var both = Accounts()
            .Count(facts =>
                AccountShare.PlaceOf(facts.Identity, Capability.Host) < 1_000
                && AccountShare.PlaceOf(facts.Identity, Capability.Speak) < 1_000
            );

        Assert.That(both, Is.EqualTo(AccountCount / 100).Within(AccountCount / 200));
    }

    /// <summary>A place that changed between releases would throw people out.</summary>
    [TestCase("ada", Capability.Host, ExpectedResult = 495)]
    [TestCase("ada", Capability.Speak, ExpectedResult = 7190)]
    [TestCase("Grace Hopper", Capability.Listen, ExpectedResult = 5500)]
    public int The_place_of_an_account_is_for_ever(string identity, Capability capability) =>
        AccountShare.PlaceOf(new Identity(identity), capability);

    [Test]
    public void A_verdict_is_that_of_the_first_stage_all_of_whose_conditions_hold([Range(1, 50)] int seed)
    {
        var random = new Random(seed);
        for (var trial = 0; trial < TrialCount; trial++)
        {
            var stages = Enumerable.Range(0, random.Next(5)).Select(i => new RolloutStage($"s{i}", Conditions(random)));
            var rules = CapabilityRulesTests.Rules(Capability.Host, [.. stages]);
            var facts = Facts(random);
            var expected = rules
                .Stages[Capability.Host]
                .FirstOrDefault(stage => stage.Conditions.All(condition => Holds(condition, facts)));

            var verdict = rules.Decide(Capability.Host, facts, Noon);

            Assert.That(verdict.Stage, Is.EqualTo(expected));
            Assert.That(verdict.IsAllowed, Is.EqualTo(expected is not null));
            if (verdict.Refusal is { } refusal)
            {
                Assert.That(refusal.Message, Does.StartWith("Hosting ").And.EndWith("."));
                Assert.That(refusal.Code, Is.EqualTo(RefusalCode.PermissionDenied));
            }
        }
    }

    [Test]
    public void One_more_stage_never_takes_anything_from_anybody([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        for (var trial = 0; trial < TrialCount; trial++)
        {
            RolloutStage[] few =
            [
                .. Enumerable.Range(0, random.Next(4)).Select(i => new RolloutStage($"s{i}", Conditions(random))),
            ];
            var place = random.Next(few.Length + 1);
            RolloutStage[] more = [.. few[..place], new RolloutStage("more", Conditions(random)), .. few[place..]];
            var facts = Facts(random);

            var before = CapabilityRulesTests.Rules(Capability.Host, few).Decide(Capability.Host, facts, Noon);
            var after = CapabilityRulesTests.Rules(Capability.Host, more).Decide(Capability.Host, facts, Noon);

            Assert.That(after.IsAllowed || !before.IsAllowed);
        }
    }

    /// <summary>The meaning of each condition, said a second time and more plainly.</summary>
    private static bool Holds(Condition condition, AccountFacts facts) =>
        condition switch
        {
            Condition.AllowList list => list.Accounts.Contains(facts.Identity),
            Condition.FollowersMin min => facts.Followers is { } followers && followers >= min.Count,
            Condition.InCountries countries => facts.Country is not null && countries.Countries.Contains(facts.Country),
            Condition.OnPlatforms on => facts.Platform is not null && on.Platforms.Contains(facts.Platform),
            Condition.Share share => AccountShare.PlaceOf(facts.Identity, Capability.Host) < share.BasisPoints,
            Condition.StartsAt start => start.At <= Noon,
            Condition.Invited invited => facts.InvitedTo.HasFlag(invited.To),
            _ => throw new InvalidOperationException($"Unknown condition {condition}."),
        };

    private static ImmutableArray<Condition> Conditions(Random random) =>
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => Next(random))];

    private static Condition Next(Random random) =>
        random.Next(7) switch
        {
            0 => new Condition.AllowList([new Identity($"p{random.Next(5)}"), new Identity($"p{random.Next(5)}")]),
            1 => new Condition.FollowersMin(random.Next(4)),
            2 => new Condition.InCountries([Pick(random, "DE", "FR", "JP")]),
            3 => new Condition.OnPlatforms([Pick(random, "ios", "web")]),
            4 => new Condition.Share(random.Next(10_001)),
            5 => new Condition.StartsAt(Noon.AddTicks(random.Next(-1, 2))),
            _ => new Condition.Invited(Pick(random, InvitedTo.Hosting, InvitedTo.Registration)),
        };

    private static AccountFacts Facts(Random random) =>
        new(
            new Identity($"p{random.Next(5)}"),
            random.Next(3) == 0 ? null : random.Next(4),
            Pick(random, "DE", "FR", null),
            Pick(random, "ios", "web", null)
        )
        {
            InvitedTo = (InvitedTo)random.Next(4),
        };

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    private static IEnumerable<AccountFacts> Accounts() =>
        Enumerable.Range(0, AccountCount).Select(i => new AccountFacts(new Identity($"account {i}")));
}
