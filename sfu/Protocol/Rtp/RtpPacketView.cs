using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>A read-only view of one RTP packet over the caller's bytes; it copies nothing.</summary>
/// <remarks>
/// RFC 3550 §5.1:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |            contributing source (CSRC) identifiers ...         |
/// </code>
/// All lengths are checked by <see cref="TryParse"/>; the properties cannot fail.
/// </remarks>
public readonly ref struct RtpPacketView
{
    public const int FixedHeaderLength = 12;
    private const int ExtensionHeadLength = 4;
    private const byte PaddingBit = 0x20;
    private const byte ExtensionBit = 0x10;

    private RtpPacketView(ReadOnlySpan<byte> packet, int headerLength, int payloadEnd)
    {
        Bytes = packet;
        HeaderLength = headerLength;
        Payload = packet[headerLength..payloadEnd];
    }

    /// <summary>The whole packet, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Fixed header, CSRCs and extensions, in bytes.</summary>
    public int HeaderLength { get; }

    public bool Marker => (Bytes[1] & 0x80) != 0;

    public byte PayloadType => (byte)(Bytes[1] & 0x7F);

    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]);

    /// <summary>In units of the payload's clock: 48 kHz for Opus (RFC 7587 §4.1).</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(Bytes[4..]);

    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(Bytes[8..]);

    public int CsrcCount => Bytes[0] & 0x0F;

    /// <summary>The payload without its padding.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The header extension elements; none when the packet has no extension.</summary>
    public RtpHeaderExtensions Extensions
    {
        get
        {
            if ((Bytes[0] & ExtensionBit) == 0)
            {
                return default;
            }

            var start = FixedHeaderLength + (sizeof(uint) * CsrcCount);
            var profile = BinaryPrimitives.ReadUInt16BigEndian(Bytes[start..]);
            return new RtpHeaderExtensions(profile, Bytes[(start + ExtensionHeadLength)..HeaderLength]);
        }
    }

    /// <param name="index">Below <see cref="CsrcCount"/>.</param>
    public uint Csrc(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)CsrcCount);
        return BinaryPrimitives.ReadUInt32BigEndian(Bytes[(FixedHeaderLength + (sizeof(uint) * index))..]);
    }

    /// <summary>Reads the header. False for anything that is not a whole, well-formed RTP packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpPacketView view)
    {
        view = default;
        if (!TryReadHeaderLength(packet, out var headerLength))
        {
            return false;
        }

        // RFC 3550 §5.1: the last byte counts the padding, itself included, so zero cannot be.
        var isPadded = (packet[0] & PaddingBit) != 0;
        var paddingLength = isPadded ? packet[^1] : 0;
        var payloadEnd = packet.Length - paddingLength;
        if ((isPadded && paddingLength == 0) || payloadEnd < headerLength)
        {
            return false;
        }

        view = new RtpPacketView(packet, headerLength, payloadEnd);
        return true;
    }

    /// <summary>
    /// The length of the part that SRTP leaves in clear; padding, which it encrypts, is not looked at.
    /// </summary>
    public static bool TryReadHeaderLength(ReadOnlySpan<byte> packet, out int headerLength)
    {
        headerLength = 0;
        if (packet.Length < FixedHeaderLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        var length = FixedHeaderLength + (sizeof(uint) * (packet[0] & 0x0F));
        if ((packet[0] & ExtensionBit) != 0)
        {
            if (packet.Length < length + ExtensionHeadLength)
            {
                return false;
            }

            var words = BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]);
            length += ExtensionHeadLength + (sizeof(uint) * words);
        }

        if (packet.Length < length)
        {
            return false;
        }

        headerLength = length;
        return true;
    }
}
