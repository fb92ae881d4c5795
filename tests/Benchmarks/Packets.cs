using Spaces.Sfu.Protocol.Rtp;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Benchmarks;

/// <summary>What a slot packet looks like on its way out.</summary>
internal static class Packets
{
    /// <summary>The fixed RTP header and one CSRC.</summary>
    public const int HeaderLength = 16;

    private const int Ssrc = 1000;
    private const int Speaker = 7;

    /// <summary>A packet of zeros, with room for protection.</summary>
    public static byte[] Rtp(int payloadLength)
    {
        var packet = new byte[HeaderLength + payloadLength + SrtpContext.OverheadMax];
        RtpPacketWriter.WriteHeader(packet, new RtpHeader(111, false, 0, 0, Ssrc), Speaker);
        return packet;
    }

    public static SrtpContext Context(SrtpProfile profile, SrtpEngine engine) =>
        new(profile, new byte[profile.KeyLength()], new byte[profile.SaltLength()], engine);
}
