using System.Net;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Accounts;

/// <summary>How often something may be done, by a clock that the test moves.</summary>
[TestFixture]
internal sealed class RateLimiterTests
{
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch);

    [Test]
    public void A_burst_is_allowed_then_one_for_each_interval()
    {
        var limiter = new RateLimiter(new RateLimit(3, TimeSpan.FromSeconds(10)), _clock);

        Assert.That(Taken(limiter, "ada", 5), Is.EqualTo(3));
        Assert.That(limiter.TryTake("ada", out var retryAfter), Is.False);
        Assert.That(retryAfter, Is.EqualTo(TimeSpan.FromSeconds(10)));
        _clock.Advance(TimeSpan.FromSeconds(9.5));
        Assert.That(limiter.TryTake("ada", out retryAfter), Is.False);
        Assert.That(retryAfter, Is.EqualTo(TimeSpan.FromSeconds(0.5)));
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(Taken(limiter, "ada", 5), Is.EqualTo(1));
    }

    [Test]
    public void A_long_rest_gives_the_whole_burst_and_no_more()
    {
        var limiter = new RateLimiter(RateLimit.PerMinute(4), _clock);
        Assert.That(Taken(limiter, "ada", 10), Is.EqualTo(4));

        _clock.Advance(TimeSpan.FromDays(1));

        Assert.That(Taken(limiter, "ada", 10), Is.EqualTo(4));
    }

    [Test]
    public void One_does_not_use_up_what_another_has()
    {
        var limiter = new RateLimiter(RateLimit.PerMinute(2), _clock);

        Assert.That(Taken(limiter, "ada", 10), Is.EqualTo(2));
        Assert.That(Taken(limiter, "bob", 10), Is.EqualTo(2));
    }

    [Test]
    public void What_was_returned_can_be_taken_again()
    {
        var limiter = new RateLimiter(RateLimit.PerMinute(2), _clock);
        Assert.That(Taken(limiter, "ada", 10), Is.EqualTo(2));

        limiter.Return("ada");

        Assert.That(Taken(limiter, "ada", 10), Is.EqualTo(1));
    }

    [Test]
    public void Memory_is_bounded_and_who_was_quiet_longest_is_forgotten()
    {
        var limiter = new RateLimiter(RateLimit.PerMinute(1), _clock, keysMax: 100);
        Assert.That(Taken(limiter, "busy", 1), Is.EqualTo(1));
        for (var i = 0; i < 10_000; i++)
        {
            Assert.That(limiter.TryTake($"key {i}", out _));
            Assert.That(limiter.TryTake("busy", out _), Is.False);
        }

        Assert.That(limiter.Count, Is.EqualTo(100));
    }

    [Test]
    public void Many_at_once_get_no_more_than_the_burst()
    {
        var limiter = new RateLimiter(RateLimit.PerMinute(50), _clock);
        var taken = 0;

        Parallel.For(0, 1_000, _ => Interlocked.Add(ref taken, limiter.TryTake("ada", out var _) ? 1 : 0));

        Assert.That(taken, Is.EqualTo(50));
    }

    [TestCase("192.0.2.7", "192.0.2.7")]
    [TestCase("::ffff:192.0.2.7", "192.0.2.7")]
    [TestCase("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [TestCase("2001:db8:1:2::1", "20010DB800010002")]
    public void An_address_counts_as_what_one_subscriber_has(string address, string key) =>
        Assert.That(ActionLimits.KeyOf(IPAddress.Parse(address)), Is.EqualTo(key));

    [Test]
    public void An_account_is_refused_with_the_time_to_wait_and_an_address_after_many_accounts()
    {
        var options = new SignalingOptions
        {
            Limits = new LimitOptions { CodesPerMinute = 2, AccountsPerAddress = 3 },
        };
        var limits = new ActionLimits(options, _clock);
        var home = IPAddress.Parse("192.0.2.7");

        var refusals = Enumerable.Range(0, 3).Select(_ => Take(limits, "ada", home)).ToArray();

        Assert.That(refusals[..2], Is.All.Null);
        Assert.That(refusals[2]!.Code, Is.EqualTo(StatusCode.ResourceExhausted));
        Assert.That(refusals[2]!.RetryAfterMs, Is.EqualTo(30_000));
        Assert.That(refusals[2]!.Message, Is.EqualTo("You try invitation codes too often. Try again in 30 s."));
        Assert.That(Take(limits, "bob", home), Is.Null);
        Assert.That(Take(limits, "cy", home), Is.Null);
        Assert.That(Take(limits, "dan", home), Is.Null);
        Assert.That(Take(limits, "eve", home), Is.Null);
        var full = Take(limits, "fay", home)!;
        Assert.That(full.Message, Does.StartWith("People of your network try invitation codes too often."));
        Assert.That(Take(limits, "fay", IPAddress.Parse("192.0.2.8")), Is.Null);
    }

    private static Server.Rooms.Refusal? Take(ActionLimits limits, string account, IPAddress address) =>
        limits.Take(LimitedAction.RedeemCode, new Identity(account), address);

    private static int Taken(RateLimiter limiter, string key, int tries) =>
        Enumerable.Range(0, tries).Count(_ => limiter.TryTake(key, out var _));
}
