using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Simulation;

/// <summary>The SDP of a simulated participant, and what it reads of the answer.</summary>
internal static partial class PeerOffer
{
    public const byte OpusPayloadType = 111;
    public const byte RedPayloadType = 63;
    public const int LevelId = 1;

    /// <summary>A microphone first, if any, then slots.</summary>
    public static string Write(
        IceCredentials ice,
        CertificateFingerprint fingerprint,
        uint? microphoneSsrc,
        int slots,
        PeerAbilities abilities
    )
    {
        var offer = new StringBuilder();
        var lines = (microphoneSsrc is null ? 0 : 1) + slots;
        Append(offer, $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
        Append(offer, $"a=group:BUNDLE {string.Join(' ', Enumerable.Range(0, lines))}\r\n");
        for (var mid = 0; mid < lines; mid++)
        {
            var isMicrophone = mid == 0 && microphoneSsrc is not null;
            var hasRed = isMicrophone ? abilities.SpeaksRed : abilities.HasRed;
            var formats = hasRed ? $"{OpusPayloadType} {RedPayloadType}" : $"{OpusPayloadType}";
            Append(offer, $"m=audio 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\n");
            Append(offer, $"a=ice-ufrag:{ice.Ufrag}\r\na=ice-pwd:{ice.Password}\r\n");
            Append(offer, $"a=fingerprint:{fingerprint}\r\na=setup:actpass\r\na=rtcp-mux\r\n");
            Append(offer, $"a=rtpmap:{OpusPayloadType} opus/48000/2\r\n");
            Append(offer, $"{(abilities.HasNack ? $"a=rtcp-fb:{OpusPayloadType} nack\r\n" : "")}");
            if (hasRed)
            {
                Append(offer, $"a=rtpmap:{RedPayloadType} red/48000/2\r\n");
                Append(offer, $"a=fmtp:{RedPayloadType} {OpusPayloadType}/{OpusPayloadType}\r\n");
            }

            if (mid == 0 && microphoneSsrc is { } ssrc)
            {
                Append(offer, $"a=sendonly\r\na=extmap:{LevelId} {AudioLevel.Uri}\r\na=ssrc:{ssrc} cname:me\r\n");
            }
            else
            {
                Append(offer, $"a=recvonly\r\n");
            }
        }

        return offer.ToString();
    }

    public static IceCredentials ReadIce(string answer) =>
        new(UfragPattern().Match(answer).Groups[1].Value, PasswordPattern().Match(answer).Groups[1].Value);

    public static CertificateFingerprint ReadFingerprint(string answer)
    {
        var match = FingerprintPattern().Match(answer);
        return CertificateFingerprint.TryParse(match.Groups[1].Value, match.Groups[2].Value, out var fingerprint)
            ? fingerprint!
            : throw new FormatException("The answer has no fingerprint.");
    }

    public static int ReadPort(string answer) =>
        int.Parse(CandidatePattern().Match(answer).Groups[1].Value, CultureInfo.InvariantCulture);

    private static void Append(StringBuilder offer, FormattableString text) =>
        offer.Append(text.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host")]
    private static partial Regex CandidatePattern();

    [GeneratedRegex(@"a=fingerprint:(\S+) (\S+)")]
    private static partial Regex FingerprintPattern();

    [GeneratedRegex(@"a=ice-ufrag:(\S+)")]
    private static partial Regex UfragPattern();

    [GeneratedRegex(@"a=ice-pwd:(\S+)")]
    private static partial Regex PasswordPattern();
}
