using System.Net;
using Spaces.Sfu.Server;

namespace Spaces.Sfu.Tests.Server;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SfuOptionsTests
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["SPACES_CONTROL_KEY"] = SfuUnderTest.ControlKey,
    };

    [Test]
    public void Only_the_control_key_must_be_set()
    {
        Assert.That(TryRead(out var options, out var errors), errors);
        Assert.Multiple(() =>
        {
            Assert.That(options.ControlPort, Is.EqualTo(8090));
            Assert.That(options.HealthPort, Is.EqualTo(8091));
            Assert.That(options.UdpPort, Is.EqualTo(40_000));
            Assert.That(options.ControlAddress, Is.EqualTo(IPAddress.Loopback));
            Assert.That(options.BindAddresses, Does.Contain(IPAddress.Loopback));
            Assert.That(options.BindAddresses.Any(address => address.IsIPv6LinkLocal), Is.False);
            Assert.That(options.AnnouncedAddresses, Is.EqualTo(options.BindAddresses));
            Assert.That(options.NodeId, Does.StartWith("sfu-"));
        });
        Assert.That(TryRead(out var again, out _) && again.NodeId == options.NodeId, "The node's id must be stable.");
    }

    [Test]
    public void An_announced_address_may_lead_to_a_bound_one()
    {
        _environment["SPACES_BIND_ADDRESSES"] = "127.0.0.1, ::1";
        _environment["SPACES_ANNOUNCED_ADDRESSES"] = "203.0.113.7=127.0.0.1, 2001:db8::1";
        Assert.That(TryRead(out var options, out var errors), errors);
        Assert.That(options.BindAddresses, Is.EqualTo(new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }));
        Assert.That(
            options.AnnouncedAddresses,
            Is.EqualTo(new[] { IPAddress.Parse("203.0.113.7"), IPAddress.Parse("2001:db8::1") })
        );
    }

    [TestCase("SPACES_CONTROL_KEY", "short")]
    [TestCase("SPACES_UDP_PORT", "70000")]
    [TestCase("SPACES_UDP_PORT", "65535", Description = "no room for two workers")]
    [TestCase("SPACES_WORKERS", "0")]
    [TestCase("SPACES_WORKERS", "many")]
    [TestCase("SPACES_BIND_ADDRESSES", "0.0.0.0")]
    [TestCase("SPACES_BIND_ADDRESSES", "example.org")]
    [TestCase("SPACES_ANNOUNCED_ADDRESSES", "1.2.3.4=9.9.9.9")]
    [TestCase("SPACES_NODE_ID", "a b")]
    public void A_wrong_setting_is_named(string name, string value)
    {
        _environment["SPACES_WORKERS"] = "2";
        _environment[name] = value;
        Assert.That(TryRead(out _, out var errors), Is.False);
        Assert.That(errors, Does.Contain(name));
    }

    private bool TryRead(out SfuOptions options, out string errors) =>
        new SfuOptionsReader(_environment.GetValueOrDefault).TryRead(out options, out errors);
}
