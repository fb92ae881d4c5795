using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>What a receiver says of one source (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="FractionLost">Since the last report, in 256ths.</param>
/// <param name="CumulativeLost">Since the start; negative when more came than were sent, by duplicates. 24
/// bits.</param>
/// <param name="ExtendedHighestSequence">Cycles in the upper 16 bits.</param>
/// <param name="Jitter">In units of the RTP timestamp.</param>
/// <param name="LastSenderReport">The middle 32 bits of its NTP timestamp; 0 when none came.</param>
/// <param name="DelaySinceLastSenderReport">In 65,536ths of a second.</param>
public readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint ExtendedHighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport
)
{
    public const int Length = 24;
    private const int CumulativeMax = 0x7F_FFFF;
    private const int CumulativeMin = -0x80_0000;

    /// <param name="block">At least 24 bytes.</param>
    internal static ReportBlock Read(ReadOnlySpan<byte> block)
    {
        var lost = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
        return new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(block),
            (byte)(lost >> 24),
            (int)(lost << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[20..])
        );
    }

    internal void Write(Span<byte> block)
    {
        var lost = (uint)Math.Clamp(CumulativeLost, CumulativeMin, CumulativeMax) & 0xFF_FFFF;
        BinaryPrimitives.WriteUInt32BigEndian(block, Ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(block[4..], ((uint)FractionLost << 24) | lost);
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], ExtendedHighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(block[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(block[20..], DelaySinceLastSenderReport);
    }
}
