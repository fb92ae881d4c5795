using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>Writes RTP packets into the caller's buffer (RFC 3550 §5.1).</summary>
/// <remarks>Hot path: no allocation.</remarks>
public static class RtpPacketWriter
{
    private const byte Version = 2 << 6;
    private const byte MarkerBit = 0x80;
    private const int HeaderWithCsrcLength = RtpPacketView.FixedHeaderLength + sizeof(uint);

    /// <summary>Writes the fixed header.</summary>
    /// <returns>12, where the payload begins.</returns>
    public static int WriteHeader(Span<byte> buffer, in RtpHeader header)
    {
        buffer[0] = Version;
        buffer[1] = (byte)(header.PayloadType & 0x7F | (header.Marker ? MarkerBit : 0));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], header.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], header.Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], header.Ssrc);
        return RtpPacketView.FixedHeaderLength;
    }

    /// <summary>Writes the header with one contributing source.</summary>
    /// <returns>16, where the payload begins.</returns>
    public static int WriteHeader(Span<byte> buffer, in RtpHeader header, uint csrc)
    {
        WriteHeader(buffer, header);
        buffer[0] = Version | 1;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[RtpPacketView.FixedHeaderLength..], csrc);
        return HeaderWithCsrcLength;
    }
}
