using System.Diagnostics;
using Grpc.Core;
using Spaces.Signaling.Tests.Hosting;
using Spaces.Signaling.Tests.Store.Redis;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Admin;

/// <summary>Two signaling nodes on one real Redis: accounts, rules and codes are the same on both.</summary>
[TestFixture]
internal sealed class RulesOnRedisTests
{
    private RedisDeployment _redis = null!;
    private MediaNodeHost _node = null!;
    private SignalingHost _one = null!;
    private SignalingHost _two = null!;
    private AccountCalls _here = null!;
    private AccountCalls _there = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _redis = await RedisDeployment.StartAsync(RedisKind.Plain);
        _node = await MediaNodeHost.StartAsync();
        _one = await SignalingHost.StartAsync(_node, options => options with { Redis = _redis.Options });
        _two = await SignalingHost.StartAsync(_node, options => options with { Redis = _redis.Options });
        _here = new AccountCalls(_one);
        _there = new AccountCalls(_two);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _here?.Dispose();
        _there?.Dispose();
        foreach (var part in new IAsyncDisposable?[] { _one, _two, _node, _redis })
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    [Test]
    public async Task Rules_set_on_one_node_hold_on_the_other_within_two_seconds_each_time()
    {
        for (var followers = 600u; followers < 605; followers++)
        {
            var stage = new CapabilityStage { Name = "known", FollowersMin = followers };
            await _here.SetRulesAsync(RulesReaderTests.Rules(stage));
            var set = Stopwatch.GetTimestamp();
            var rule = $"Hosting is open to accounts with at least {followers} followers; ";
            using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!(await HostVerdictAsync(_there, "somebody")).Refusal.StartsWith(rule, StringComparison.Ordinal))
            {
                Assert.That(Stopwatch.GetElapsedTime(set), Is.LessThan(TimeSpan.FromSeconds(2)));
                await looks.WaitForNextTickAsync();
            }
        }
    }

    [Test]
    public async Task What_one_node_writes_the_other_reads_and_a_code_is_redeemed_once_on_all()
    {
        var account = new Account { Identity = "ada", Followers = 7 };
        await _here.Accounts.UpsertAccountAsync(new() { Account = account }, AccountCalls.Operator);
        var many = new BulkSetFollowsRequest();
        many.Follows.AddRange(
            Enumerable
                .Range(0, 100)
                .Select(i => new Follow
                {
                    Follower = "ada",
                    Followee = $"f{i:00}",
                    Following = true,
                })
        );
        await _here.Accounts.BulkSetFollowsAsync(many, AccountCalls.Operator);
        var create = new CreateInvitationCodesRequest { Purpose = InvitationPurpose.Registration, Count = 1 };
        var code = (await _here.Admin.CreateInvitationCodesAsync(create, AccountCalls.Operator)).Codes.Single().Code;

        var read = await _there.Accounts.GetAccountAsync(new(), AccountCalls.Person("ada"));
        var following = await _there.Accounts.ListFollowingAsync(new(), AccountCalls.Person("ada"));
        var redeemed = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => TryRedeemAsync(i % 2 == 0 ? _here : _there, $"person {i}", code))
        );

        Assert.That(read.Account, Is.EqualTo(account));
        Assert.That(following.Identities, Has.Count.EqualTo(100));
        Assert.That(redeemed.Count(each => each), Is.EqualTo(1));
    }

    private static async Task<bool> TryRedeemAsync(AccountCalls calls, string identity, string code)
    {
        try
        {
            await calls.Accounts.RedeemInvitationCodeAsync(new() { Code = code }, AccountCalls.Person(identity));
            return true;
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }

    private static async Task<CapabilityVerdict> HostVerdictAsync(AccountCalls calls, string identity)
    {
        var all = await calls.Accounts.ListCapabilitiesAsync(new(), AccountCalls.Person(identity));
        return all.Capabilities.Single(each => each.Capability == Capability.Host);
    }
}
