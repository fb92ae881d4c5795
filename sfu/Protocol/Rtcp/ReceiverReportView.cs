using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A view of a receiver report (RFC 3550 §6.4.2).</summary>
public readonly ref struct ReceiverReportView
{
    private const int HeadLength = 4;
    private readonly ReadOnlySpan<byte> _body;

    private ReceiverReportView(ReadOnlySpan<byte> body, int reportCount)
    {
        _body = body;
        ReportCount = reportCount;
    }

    /// <summary>Who reports.</summary>
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    public int ReportCount { get; }

    /// <param name="index">Below <see cref="ReportCount"/>.</param>
    public ReportBlock Report(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ReportCount);
        return ReportBlock.Read(_body[(HeadLength + (index * ReportBlock.Length))..]);
    }

    /// <summary>False for another type, or when the packet is shorter than its report count says.</summary>
    public static bool TryParse(in RtcpPacketView packet, out ReceiverReportView view)
    {
        view = default;
        if (
            packet.Type != RtcpPacketType.ReceiverReport
            || packet.Body.Length < HeadLength + (packet.Count * ReportBlock.Length)
        )
        {
            return false;
        }

        view = new ReceiverReportView(packet.Body, packet.Count);
        return true;
    }
}
