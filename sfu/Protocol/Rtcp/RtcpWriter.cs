using System.Buffers.Binary;
using System.Text;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>Writes RTCP packets one after the other into the caller's buffer (RFC 3550 §6, RFC 4585 §6.2.1).</summary>
/// <remarks>Hot path: no allocation. A compound begins with a report (RFC 3550 §6.1) and goes on with an
/// SDES.</remarks>
public ref struct RtcpWriter(Span<byte> buffer)
{
    private const byte Version = 2 << 6;
    private const int CountMax = 31;
    private const int CnameLengthMax = 255;
    private const int NackSpan = 16;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>What was written so far, in bytes.</summary>
    public int Length { get; private set; }

    public void WriteSenderReport(
        uint ssrc,
        in SenderInformation information,
        scoped ReadOnlySpan<ReportBlock> reports = default
    )
    {
        var body = Begin(RtcpPacketType.SenderReport, reports.Length, 24 + (reports.Length * ReportBlock.Length));
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], information.Ntp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], information.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], information.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], information.OctetCount);
        WriteReports(body[24..], reports);
    }

    public void WriteReceiverReport(uint ssrc, scoped ReadOnlySpan<ReportBlock> reports)
    {
        var body = Begin(RtcpPacketType.ReceiverReport, reports.Length, 4 + (reports.Length * ReportBlock.Length));
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        WriteReports(body[4..], reports);
    }

    /// <summary>An SDES with one chunk that has the canonical name (RFC 3550 §6.5.1).</summary>
    /// <param name="ssrc">Whose.</param>
    /// <param name="cname">At most 255 bytes of UTF-8.</param>
    public void WriteCname(uint ssrc, string cname)
    {
        var textLength = Encoding.UTF8.GetByteCount(cname);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(textLength, CnameLengthMax, nameof(cname));

        // One zero at least ends the items; the chunk ends on a whole word.
        var itemsLength = (2 + textLength + sizeof(uint)) & ~(sizeof(uint) - 1);
        var body = Begin(RtcpPacketType.SourceDescription, 1, sizeof(uint) + itemsLength);
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        body[4] = SourceDescriptionView.CanonicalName;
        body[5] = (byte)textLength;
        Encoding.UTF8.GetBytes(cname, body[6..]);
        body[(6 + textLength)..].Clear();
    }

    /// <summary>A BYE without a reason (RFC 3550 §6.6).</summary>
    public void WriteGoodbye(scoped ReadOnlySpan<uint> sources)
    {
        var body = Begin(RtcpPacketType.Goodbye, sources.Length, sources.Length * sizeof(uint));
        for (var i = 0; i < sources.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body[(i * sizeof(uint))..], sources[i]);
        }
    }

    /// <summary>A generic NACK (RFC 4585 §6.2.1).</summary>
    /// <param name="senderSsrc">Ours.</param>
    /// <param name="mediaSsrc">The source whose packets are missing.</param>
    /// <param name="missing">Oldest first; at least one.</param>
    public void WriteNack(uint senderSsrc, uint mediaSsrc, scoped ReadOnlySpan<ushort> missing)
    {
        var start = Length;
        var body = Begin(RtcpPacketType.TransportFeedback, NackView.Format, 8);
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], mediaSsrc);
        while (!missing.IsEmpty)
        {
            var first = missing[0];
            var mask = 0;
            var taken = 1;
            for (; taken < missing.Length; taken++)
            {
                var distance = (ushort)(missing[taken] - first);
                if (distance is 0 or > NackSpan)
                {
                    break;
                }

                mask |= 1 << (distance - 1);
            }

            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], first);
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[(Length + 2)..], (ushort)mask);
            Length += sizeof(uint);
            missing = missing[taken..];
        }

        WriteLength(start);
    }

    private static void WriteReports(Span<byte> target, scoped ReadOnlySpan<ReportBlock> reports)
    {
        for (var i = 0; i < reports.Length; i++)
        {
            reports[i].Write(target[(i * ReportBlock.Length)..]);
        }
    }

    private Span<byte> Begin(byte type, int count, int bodyLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        var start = Length;
        var packet = _buffer.Slice(start, RtcpPacketView.HeaderLength + bodyLength);
        packet[0] = (byte)(Version | count);
        packet[1] = type;
        Length += packet.Length;
        WriteLength(start);
        return packet[RtcpPacketView.HeaderLength..];
    }

    private readonly void WriteLength(int start) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(start + 2)..], (ushort)(((Length - start) / sizeof(uint)) - 1));
}
