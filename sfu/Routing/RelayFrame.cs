using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Spaces.Sfu.Routing;

/// <summary>The form of packets in the rings between two workers of this process.</summary>
/// <remarks>
/// Ours; it never leaves the process, so a malformed frame is a broken invariant and not an input. Little-endian.
/// <code>
/// kind(1) a(1) b(1) c(1) room(4) media id(4) sequence number(2) marker(1) -(1) timestamp(4) rest
/// audio:  a = level                                    rest = Opus
/// slot:   a = slot count, b = position, c = holders    rest = tenure(4) samples(2) age in ms(2) holders(4 each) packet
/// </code>
/// Hot path: no allocation.
/// </remarks>
public static class RelayFrame
{
    private const byte KindAudio = 1;
    private const byte KindSlot = 2;
    private const int HeadLength = 20;
    private const int SlotHeadLength = 28;

    /// <summary>Which room a frame is of.</summary>
    public static uint Room(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);

    /// <summary>Whether it is a speaker's packet for the home worker; else it is a slot packet from there.</summary>
    public static bool IsAudio(ReadOnlySpan<byte> frame) => frame[0] == KindAudio;

    /// <returns>The frame's length.</returns>
    public static int Write(Span<byte> frame, uint room, in AudioPacket packet)
    {
        frame[0] = KindAudio;
        frame[1] = packet.Level;
        WriteHead(frame, room, packet.MediaId, packet.SequenceNumber, packet.HasMarker, packet.Timestamp);
        packet.Payload.CopyTo(frame[HeadLength..]);
        return HeadLength + packet.Payload.Length;
    }

    /// <returns>The frame's length.</returns>
    public static int Write(Span<byte> frame, uint room, in SlotPacket packet)
    {
        frame[0] = KindSlot;
        frame[1] = (byte)packet.SlotCount;
        frame[2] = (byte)packet.Position;
        frame[3] = (byte)packet.Holders.Length;
        WriteHead(frame, room, packet.MediaId, packet.SequenceNumber, packet.HasMarker, packet.Timestamp);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], packet.Tenure);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[24..], (ushort)packet.Samples);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[26..], (ushort)packet.Age.TotalMilliseconds);
        var holders = MemoryMarshal.AsBytes(packet.Holders);
        holders.CopyTo(frame[SlotHeadLength..]);
        packet.Bytes.CopyTo(frame[(SlotHeadLength + holders.Length)..]);
        return SlotHeadLength + holders.Length + packet.Bytes.Length;
    }

    public static AudioPacket ReadAudio(ReadOnlySpan<byte> frame) =>
        new(MediaId(frame), SequenceNumber(frame), Timestamp(frame), frame[14] != 0, frame[1], frame[HeadLength..]);

    public static SlotPacket ReadSlot(ReadOnlySpan<byte> frame)
    {
        var holdersEnd = SlotHeadLength + (sizeof(uint) * frame[3]);
        return new SlotPacket(
            frame[1],
            frame[2],
            MediaId(frame),
            BinaryPrimitives.ReadUInt32LittleEndian(frame[20..]),
            SequenceNumber(frame),
            Timestamp(frame),
            frame[14] != 0,
            BinaryPrimitives.ReadUInt16LittleEndian(frame[24..]),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt16LittleEndian(frame[26..])),
            frame[holdersEnd..],
            MemoryMarshal.Cast<byte, uint>(frame[SlotHeadLength..holdersEnd])
        );
    }

    private static void WriteHead(
        Span<byte> frame,
        uint room,
        uint mediaId,
        ushort sequenceNumber,
        bool hasMarker,
        uint timestamp
    )
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], room);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], mediaId);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[12..], sequenceNumber);
        frame[14] = hasMarker ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], timestamp);
    }

    private static uint MediaId(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]);

    private static ushort SequenceNumber(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt16LittleEndian(frame[12..]);

    private static uint Timestamp(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[16..]);
}
