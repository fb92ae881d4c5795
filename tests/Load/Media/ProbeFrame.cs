using System.Buffers.Binary;

namespace Spaces.Load.Media;

/// <summary>
/// An Opus packet of 80 bytes that sounds like nothing and carries a number and a time: one silent 20 ms frame, and
/// padding, which decoders skip, to write in (RFC 6716 section 3.2.5).
/// </summary>
/// <remarks>
/// <code>
///  0     TOC: CELT, full band, 20 ms, mono, code 3
///  1     padding follows, one frame
///  2     75 bytes of padding
///  3-4   the frame
///  5-12  mark
/// 13-16  number of the packet
/// 17-24  wall time of sending, nanoseconds
/// </code>
/// </remarks>
internal static class ProbeFrame
{
    /// <summary>32 kbit/s at 20 ms, what browsers send for speech.</summary>
    public const int Length = 80;

    private const ulong Mark = 0x5350_4143_4553_4C44; // "SPACESLD"
    private const int MarkOffset = 5;
    private const int NumberOffset = MarkOffset + sizeof(ulong);
    private const int SentOffset = NumberOffset + sizeof(int);

    private static ReadOnlySpan<byte> SilentFrame => [0xFB, 0x41, Length - MarkOffset, 0xFF, 0xFE];

    public static void Write(Span<byte> frame, int number, long sentNanoseconds)
    {
        frame[..Length].Clear();
        SilentFrame.CopyTo(frame);
        BinaryPrimitives.WriteUInt64BigEndian(frame[MarkOffset..], Mark);
        BinaryPrimitives.WriteInt32BigEndian(frame[NumberOffset..], number);
        BinaryPrimitives.WriteInt64BigEndian(frame[SentOffset..], sentNanoseconds);
    }

    /// <returns>False when these bytes were not written by <see cref="Write"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out int number, out long sentNanoseconds)
    {
        number = 0;
        sentNanoseconds = 0;
        if (frame.Length != Length || BinaryPrimitives.ReadUInt64BigEndian(frame[MarkOffset..]) != Mark)
        {
            return false;
        }

        number = BinaryPrimitives.ReadInt32BigEndian(frame[NumberOffset..]);
        sentNanoseconds = BinaryPrimitives.ReadInt64BigEndian(frame[SentOffset..]);
        return true;
    }
}
