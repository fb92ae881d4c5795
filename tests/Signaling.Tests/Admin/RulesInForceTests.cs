using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;
using Capability = Spaces.Signaling.Domain.Capabilities.Capability;

namespace Spaces.Signaling.Tests.Admin;

/// <summary>One store, several nodes: what one sets holds on all, and an outage changes nothing.</summary>
[TestFixture]
internal sealed class RulesInForceTests
{
    private static readonly Identity Operator = new("operator");

    private static readonly AccountFacts Ada = new(new Identity("ada"), Followers: 599);

    [Test]
    public async Task Rules_that_one_node_sets_hold_on_the_other_within_two_seconds()
    {
        var store = new FailingRecordStore();
        using var here = await Node.StartAsync(store);
        using var there = await Node.StartAsync(store);
        Assert.That(await there.MayHostAsync(Ada), Is.True);

        var set = Stopwatch.GetTimestamp();
        Assert.That(await here.Rules.TrySetAsync(AtLeast(600), 0, Operator, CancellationToken.None));

        Assert.That(await here.MayHostAsync(Ada), Is.False, "at once where they were set");
        await Eventually.TrueAsync(() => there.Rules.Current?.Version == 1);
        Assert.That(Stopwatch.GetElapsedTime(set), Is.LessThan(TimeSpan.FromSeconds(2)));
        Assert.That(await there.MayHostAsync(Ada), Is.False);
        Assert.That(await there.MayHostAsync(Ada with { Followers = 600 }), Is.True);
    }

    [Test]
    public async Task Of_two_who_set_rules_at_once_one_is_told_to_read_again()
    {
        var store = new FailingRecordStore();
        using var here = await Node.StartAsync(store);
        using var there = await Node.StartAsync(store);

        Assert.That(await here.Rules.TrySetAsync(AtLeast(1), 0, Operator, CancellationToken.None), Is.True);
        Assert.That(await there.Rules.TrySetAsync(AtLeast(2), 0, Operator, CancellationToken.None), Is.False);
        Assert.That((await there.Rules.ReadAsync(CancellationToken.None)).Message, Is.EqualTo(AtLeast(1)));
    }

    [Test]
    public async Task While_the_store_is_away_the_last_rules_go_on_and_claims_still_let_in()
    {
        var store = new FailingRecordStore();
        using var node = await Node.StartAsync(store);
        await node.Rules.TrySetAsync(AtLeast(600), 0, Operator, CancellationToken.None);

        store.IsAway = true;

        Assert.That(await node.MayHostAsync(Ada with { Followers = 600 }), Is.True);
        await Assert.ThrowsAsync<RoomStoreUnavailableException>(() => node.MayHostAsync(Ada));
        var listens = await node.Capabilities.MayAsync(Capability.Listen, Ada, CancellationToken.None);
        Assert.That(listens.IsAllowed, "what has no rules needs no store");
        store.IsAway = false;
        Assert.That(await node.MayHostAsync(Ada), Is.False);
    }

    [Test]
    public async Task Before_any_rules_were_read_nobody_is_told_that_they_may()
    {
        var store = new FailingRecordStore { IsAway = true };
        using var node = Node.Create(store);
        await node.Rules.StartAsync(CancellationToken.None);
        var asked = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<RoomStoreUnavailableException>(() => node.MayHostAsync(Ada));
        Assert.That(Stopwatch.GetElapsedTime(asked), Is.LessThan(TimeSpan.FromSeconds(5)));

        store.IsAway = false;
        await Eventually.TrueAsync(() => node.Rules.Current is not null);
        Assert.That(await node.MayHostAsync(Ada), Is.True);
    }

    [Test]
    public async Task A_stage_that_begins_by_its_date_is_told_when_it_begins()
    {
        var store = new FailingRecordStore();
        using var node = await Node.StartAsync(store);
        var told = 0;
        node.Rules.Changed += () => Interlocked.Increment(ref told);
        var soon = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1);
        var stage = new CapabilityStage
        {
            Name = "soon",
            StartsAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(soon),
        };
        await node.Rules.TrySetAsync(RulesReaderTests.Rules(stage), 0, Operator, CancellationToken.None);
        Assert.That(await node.MayHostAsync(Ada), Is.False);

        await Eventually.TrueAsync(() => Volatile.Read(ref told) >= 2);

        Assert.That(await node.MayHostAsync(Ada), Is.True);
    }

    private static CapabilityRules AtLeast(uint followers) =>
        RulesReaderTests.Rules(new CapabilityStage { Name = "known", FollowersMin = followers });

    /// <summary>What a signaling node has of accounts and rules.</summary>
    private sealed class Node(RulesInForce rules, StagedCapabilities capabilities) : IDisposable
    {
        public RulesInForce Rules => rules;

        public StagedCapabilities Capabilities => capabilities;

        public static Node Create(IRecordStore store)
        {
            var rules = new RulesInForce(store, TimeProvider.System, NullLogger<RulesInForce>.Instance);
            var accounts = new AccountBook(store, new FollowBook(store));
            return new Node(rules, new StagedCapabilities(rules, accounts, TimeProvider.System));
        }

        public static async Task<Node> StartAsync(IRecordStore store)
        {
            var node = Create(store);
            await node.Rules.StartAsync(CancellationToken.None);
            await node.Rules.GetAsync(CancellationToken.None);
            return node;
        }

        public async Task<bool> MayHostAsync(AccountFacts facts) =>
            (await capabilities.MayAsync(Capability.Host, facts, CancellationToken.None)).IsAllowed;

        public void Dispose()
        {
            rules.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            rules.Dispose();
        }
    }
}
