namespace Spaces.Sfu.Tests.Sdp;

/// <summary>Offers that are refused whole, each with a sentence that says why.</summary>
[TestFixture]
public sealed class AudioRefusalTests
{
    [TestCase("a=ice-ufrag:abcd\n", "", "ice-ufrag")]
    [TestCase("a=ice-ufrag:abcd", "a=ice-ufrag:ab<d", "ice-ufrag")]
    [TestCase("a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=ice-pwd:short", "ice-pwd")]
    [TestCase("a=setup:actpass", "a=setup:passive", "passive")]
    [TestCase("a=setup:actpass", "a=setup:holdconn", "setup")]
    [TestCase("a=rtcp-mux\n", "", "rtcp-mux")]
    [TestCase("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 PCMU/8000", "Opus")]
    [TestCase("UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "DTLS-SRTP")]
    [TestCase("a=mid:0", "a=mid:<script>", "a=mid")]
    [TestCase("m=audio", "m=text", "audio only")]
    [TestCase("a=sendrecv", "a=inactive", "nothing to send or receive")]
    [TestCase("v=0", "v=1", "not SDP")]
    [TestCase("s=-", "s=\0", "Line 3")]
    [TestCase("s=-", "nonsense", "Line 3")]
    [TestCase("m=audio 9 ", "m=audio 99999 ", "M-line 1")]
    [TestCase("a=fingerprint:sha-256", "a=fingerprint:sha-1", "weak")]
    [TestCase("a=fingerprint:sha-256", "a=x:sha-256", "no a=fingerprint")]
    public void A_flaw_is_named(string from, string to, string expected)
    {
        var offer = SdpSamples.Offer().Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.That(offer, Does.Contain(from));

        Assert.That(SdpSamples.Refuse(offer.Replace(from, to, StringComparison.Ordinal)), Does.Contain(expected));
    }

    [TestCase("m=video 9 UDP/TLS/RTP/SAVPF 96", "video m-line")]
    [TestCase("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "data channel")]
    public void A_line_that_is_not_audio_refuses_the_whole_offer(string line, string expected) =>
        Assert.That(SdpSamples.Refuse(SdpSamples.Offer(media: $"{line}\na=mid:1")), Does.Contain(expected));

    [Test]
    public void Lines_outside_the_bundle_are_refused()
    {
        var offer = SdpSamples.Offer(
            media: "m=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:1\na=recvonly\na=rtpmap:111 opus/48000/2"
        );

        Assert.That(SdpSamples.Refuse(offer), Does.Contain("max-bundle"));
    }

    [Test]
    public void Two_lines_of_one_mid_are_refused()
    {
        var offer = SdpSamples.Offer(
            media: "m=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:0\na=recvonly\na=rtpmap:111 opus/48000/2"
        );

        Assert.That(SdpSamples.Refuse(offer), Does.Contain("a=mid of another"));
    }

    [Test]
    public void Two_microphones_are_refused()
    {
        var offer = SdpSamples
            .Offer(media: "m=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:1\na=sendonly\na=rtpmap:111 opus/48000/2")
            .Replace("BUNDLE 0", "BUNDLE 0 1", StringComparison.Ordinal);

        Assert.That(SdpSamples.Refuse(offer), Does.Contain("one microphone"));
    }

    [Test]
    public void Ten_thousand_lines_are_refused() =>
        Assert.That(
            SdpSamples.Refuse(SdpSamples.Offer(media: string.Join('\n', Enumerable.Repeat("a=b", 10_000)))),
            Does.Contain("2000 lines")
        );

    [Test]
    public void Too_long_a_text_is_refused() =>
        Assert.That(SdpSamples.Refuse(SdpSamples.Offer(media: $"a={new string('b', 70_000)}")), Does.Contain("65536"));

    [Test]
    public void Sixty_five_m_lines_are_refused() =>
        Assert.That(
            SdpSamples.Refuse(SdpSamples.Offer(media: string.Join('\n', Enumerable.Repeat("m=audio 0 X 0", 64)))),
            Does.Contain("64 m-lines")
        );
}
