using System.Net;
using Spaces.Signaling.Server.Webhooks;

namespace Spaces.Signaling.Tests.Webhooks;

/// <summary>Nobody reaches into the operator's network by adding a webhook.</summary>
[TestFixture]
internal sealed class WebhookAddressTests
{
    [TestCase("93.184.216.34", true, true)]
    [TestCase("2606:2800:220:1::1", true, true)]
    [TestCase("127.0.0.1", false, true)]
    [TestCase("10.1.2.3", false, true)]
    [TestCase("172.31.0.1", false, true)]
    [TestCase("192.168.1.1", false, true)]
    [TestCase("100.64.0.1", false, true)]
    [TestCase("::1", false, true)]
    [TestCase("fd12::1", false, true)]
    [TestCase("::ffff:10.0.0.1", false, true)]
    [TestCase("169.254.169.254", false, false)]
    [TestCase("::ffff:169.254.169.254", false, false)]
    [TestCase("fd00:ec2::254", false, false)]
    [TestCase("fe80::1", false, false)]
    [TestCase("0.0.0.0", false, false)]
    [TestCase("::", false, false)]
    [TestCase("224.0.0.1", false, false)]
    [TestCase("255.255.255.255", false, false)]
    public void An_address_is_reached_only_where_it_may_be(string address, bool usually, bool whenPrivateIsAllowed)
    {
        var parsed = IPAddress.Parse(address);

        Assert.That(WebhookAddresses.MayReach(parsed, privateAllowed: false), Is.EqualTo(usually));
        Assert.That(WebhookAddresses.MayReach(parsed, privateAllowed: true), Is.EqualTo(whenPrivateIsAllowed));
    }

    [TestCase("https://example.org/hook", null)]
    [TestCase("http://example.org/hook", "https")]
    [TestCase("https://user:word@example.org/", "user name")]
    [TestCase("https://127.0.0.1/", "may not reach")]
    [TestCase("https://[::1]/", "may not reach")]
    [TestCase("file:///etc/passwd", "https")]
    [TestCase("nonsense", "https")]
    public void An_url_is_checked_before_it_is_kept(string url, string? problem)
    {
        var found = WebhookAddresses.Problem(url, privateAllowed: false, out _);

        Assert.That(found, problem is null ? Is.Null : Does.Contain(problem));
    }

    [Test]
    public void Repetitions_come_ever_later_up_to_a_limit()
    {
        var timings = WebhookTimings.Default;

        Assert.That(
            new[] { 1, 2, 3, 9, 10, 1_000 }.Select(failures => timings.Backoff(failures).TotalSeconds),
            Is.EqualTo(new[] { 1, 2, 4, 256, 300, 300 })
        );
    }
}
