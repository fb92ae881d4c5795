using System.Globalization;
using System.Text;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Load.Media;

/// <summary>The SDP offers of simulated participants, in the shape that browsers give them (RFC 9429).</summary>
internal static class Offer
{
    public const byte OpusPayloadType = 111;
    public const byte AudioLevelExtensionId = 1;

    /// <summary>As many slots as the web client asks for.</summary>
    public const int SlotCount = 3;

    private const string AudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /// <summary>One microphone and nothing to hear, as a WHIP publisher.</summary>
    public static string ToPublish(IceCredentials ice, CertificateFingerprint fingerprint, uint ssrc)
    {
        var sdp = new StringBuilder();
        WriteSession(sdp, lineCount: 1);
        WriteAudioLine(sdp, "0", "sendonly", ice, fingerprint);
        Line(sdp, $"a=extmap:{AudioLevelExtensionId} {AudioLevel}");
        Line(sdp, $"a=ssrc:{ssrc} cname:load");
        return sdp.ToString();
    }

    /// <summary>Slots to hear and no microphone, as a WHEP player.</summary>
    public static string ToListen(IceCredentials ice, CertificateFingerprint fingerprint)
    {
        var sdp = new StringBuilder();
        WriteSession(sdp, SlotCount);
        for (var slot = 0; slot < SlotCount; slot++)
        {
            WriteAudioLine(sdp, slot.ToString(CultureInfo.InvariantCulture), "recvonly", ice, fingerprint);
        }

        return sdp.ToString();
    }

    private static void WriteSession(StringBuilder sdp, int lineCount)
    {
        Line(sdp, $"v=0");
        Line(sdp, $"o=- 1 1 IN IP4 127.0.0.1");
        Line(sdp, $"s=-");
        Line(sdp, $"t=0 0");
        Line(sdp, $"a=group:BUNDLE {string.Join(' ', Enumerable.Range(0, lineCount))}");
    }

    private static void WriteAudioLine(
        StringBuilder sdp,
        string mid,
        string direction,
        IceCredentials ice,
        CertificateFingerprint fingerprint
    )
    {
        Line(sdp, $"m=audio 9 UDP/TLS/RTP/SAVPF {OpusPayloadType}");
        Line(sdp, $"c=IN IP4 0.0.0.0");
        Line(sdp, $"a=mid:{mid}");
        Line(sdp, $"a={direction}");
        Line(sdp, $"a=rtcp-mux");
        Line(sdp, $"a=ice-ufrag:{ice.Ufrag}");
        Line(sdp, $"a=ice-pwd:{ice.Password}");
        Line(sdp, $"a=ice-options:trickle");
        Line(sdp, $"a=fingerprint:{fingerprint}");
        Line(sdp, $"a=setup:actpass");
        Line(sdp, $"a=rtpmap:{OpusPayloadType} opus/48000/2");
        Line(sdp, $"a=fmtp:{OpusPayloadType} minptime=10;useinbandfec=1");
    }

    private static void Line(StringBuilder sdp, FormattableString text) =>
        sdp.Append(text.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
}
