using System.Net;
using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Tests.Peer;

[TestFixture]
internal sealed class TransportAddressTests
{
    [TestCase("192.0.2.1", "192.0.2.1:5000 by socket 3")]
    [TestCase("::ffff:192.0.2.1", "192.0.2.1:5000 by socket 3")]
    [TestCase("2001:db8::1", "[2001:db8::1]:5000 by socket 3")]
    public void A_path_in_a_log_reads_as_people_write_addresses(string ip, string expected) =>
        Assert.That(
            new NetworkPath(Addresses.Of(IPAddress.Parse(ip), 5000), LocalSocket: 3).ToString(),
            Is.EqualTo(expected)
        );
}
