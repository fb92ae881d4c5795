using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A view of a sender report (RFC 3550 §6.4.1).</summary>
public readonly ref struct SenderReportView
{
    private const int HeadLength = 24;
    private readonly ReadOnlySpan<byte> _body;

    private SenderReportView(ReadOnlySpan<byte> body, int reportCount)
    {
        _body = body;
        ReportCount = reportCount;
    }

    /// <summary>The sender.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    public SenderInformation Information =>
        new(
            new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(_body[4..])),
            BinaryPrimitives.ReadUInt32BigEndian(_body[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(_body[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(_body[20..])
        );

    public int ReportCount { get; }

    /// <param name="index">Below <see cref="ReportCount"/>.</param>
    public ReportBlock Report(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ReportCount);
        return ReportBlock.Read(_body[(HeadLength + (index * ReportBlock.Length))..]);
    }

    /// <summary>False for another type, or when the packet is shorter than its report count says.</summary>
    public static bool TryParse(in RtcpPacketView packet, out SenderReportView view)
    {
        view = default;
        if (
            packet.Type != RtcpPacketType.SenderReport
            || packet.Body.Length < HeadLength + (packet.Count * ReportBlock.Length)
        )
        {
            return false;
        }

        view = new SenderReportView(packet.Body, packet.Count);
        return true;
    }
}
