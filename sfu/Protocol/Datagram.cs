namespace Spaces.Sfu.Protocol;

/// <summary>Tells the protocols apart that share one UDP port.</summary>
/// <remarks>
/// By the first byte (RFC 7983 §7, RFC 9443 §3): 0-3 STUN, 20-63 DTLS, 128-191 RTP or RTCP; the latter two by the
/// second byte, 192-223 being RTCP (RFC 5761 §4). Hot path: no allocation.
/// </remarks>
public static class Datagram
{
    /// <summary>An RTP packet has 12 bytes before its payload, an RTCP packet 8 before its report blocks.</summary>
    private const int RtpHeaderLength = 12;
    private const int RtcpHeaderLength = 8;

    /// <summary>Looks at two bytes and the length. Says nothing of whether the rest is well formed.</summary>
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < RtcpHeaderLength)
        {
            return DatagramKind.Unknown;
        }

        return datagram[0] switch
        {
            <= 3 => DatagramKind.Stun,
            >= 20 and <= 63 => DatagramKind.Dtls,
            >= 128 and <= 191 => ClassifyMedia(datagram),
            _ => DatagramKind.Unknown,
        };
    }

    private static DatagramKind ClassifyMedia(ReadOnlySpan<byte> datagram)
    {
        if (datagram[1] is >= 192 and <= 223)
        {
            return DatagramKind.Rtcp;
        }

        return datagram.Length >= RtpHeaderLength ? DatagramKind.Rtp : DatagramKind.Unknown;
    }
}
