using Spaces.Sfu.Protocol.Sdp;

namespace Spaces.Sfu.Tests.Sdp;

[TestFixture]
public sealed class TrickleIceFragmentTests
{
    /// <summary>The body of the PATCH request of RFC 9725 §4.3.3, figure 6.</summary>
    private const string Restart = """
        a=ice-options:trickle ice2
        a=group:BUNDLE 0 1
        m=audio 9 UDP/TLS/RTP/SAVPF 0
        a=mid:0
        a=ice-ufrag:ysXw
        a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k
        a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1
        a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw network-id 2
        """;

    [Test]
    public void Reads_the_credentials_of_a_restart()
    {
        var isRead = TrickleIceFragment.TryParse(Restart, out var fragment, out var error);

        Assert.That(isRead, Is.True, error);
        Assert.That(fragment!.Credentials.Ufrag, Is.EqualTo("ysXw"));
        Assert.That(fragment.Credentials.Password, Is.EqualTo("vw5LmwG4y/e6dPP/zAP9Gp5k"));
        Assert.That(fragment.CandidateCount, Is.EqualTo(2));
    }

    [Test]
    public void Refuses_a_fragment_without_credentials()
    {
        Assert.That(TrickleIceFragment.TryParse("a=mid:0", out _, out var error), Is.False);
        Assert.That(error, Does.Contain("ice-ufrag"));
    }

    [Test]
    public void Writes_this_sides_credentials_and_candidates()
    {
        var options = SdpSamples.Options();
        var session = SdpSamples.Accept(SdpSamples.Offer());

        var text = TrickleIceFragment.Write(session, options.Ice, options.Candidates);

        Assert.That(
            text.Split("\r\n"),
            Is.EqualTo([
                "a=ice-lite",
                "m=audio 9 UDP/TLS/RTP/SAVPF 0",
                "a=mid:0",
                $"a=ice-ufrag:{options.Ice.Ufrag}",
                $"a=ice-pwd:{options.Ice.Password}",
                "a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host",
                "a=candidate:2 1 udp 2130706175 2001:db8::1 40000 typ host",
                "a=end-of-candidates",
                "",
            ])
        );
        Assert.That(TrickleIceFragment.TryParse(text, out var parsed, out _), Is.True);
        Assert.That(parsed!.Credentials, Is.EqualTo(options.Ice));
    }
}
