using System.Buffers.Binary;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Routing;

/// <summary>
/// The RTP stream that one listener receives in one slot: the slot's packets, or the spare's while it speaks.
/// </summary>
/// <remarks>
/// A packet's bytes follow from its number alone: the source it came from, its marker, and how many earlier frames it
/// carries. So it can be built once more, the same to the byte. A mutable struct: an array element that its listener
/// changes in place. Hot path: no allocation.
/// </remarks>
public struct ListenerSlot
{
    private const byte MarkerBit = 0x80;
    private const int HeaderLength = RtpPacketView.FixedHeaderLength + sizeof(uint);

    private readonly SlotFormat _format;
    private RtpContinuity _continuity;
    private ushort _blocksSince;
    private byte _blocks;
    private byte _blocksBefore;

    internal ListenerSlot(SlotFormat format, Random random)
    {
        _format = format;
        _continuity = new RtpContinuity((ushort)random.Next(1 << 15), (uint)random.NextInt64(1L << 32));
    }

    public readonly uint Ssrc => _format.Ssrc;

    internal readonly bool HasRed => _format.RedPayloadType is not null;

    internal readonly bool HasNack => _format.HasNack;

    /// <summary>Packets sent (RFC 3550 §6.4.1).</summary>
    public uint PacketCount { get; private set; }

    /// <summary>Payload octets sent (RFC 3550 §6.4.1).</summary>
    public uint OctetCount { get; private set; }

    /// <summary>The RTP timestamp of this moment, for a sender report.</summary>
    public readonly uint TimestampAt(Instant now) => _continuity.TimestampAt(now);

    /// <summary>
    /// Writes this listener's copy of <paramref name="packet"/>, the newest in <paramref name="history"/>.
    /// </summary>
    /// <returns>Its length; 0 when it comes too late for the listener's row of numbers.</returns>
    internal int Write(in SlotPacket packet, SlotHistory? history, Instant now, Span<byte> buffer)
    {
        var (number, time) = (packet.SequenceNumber, packet.Timestamp);
        if (!_continuity.TryMap(packet.Tenure, number, time, packet.Samples, now - packet.Age, out var mapped))
        {
            return 0;
        }

        var blocks = history is null ? 0 : BlocksAt(mapped.SequenceNumber);
        var bytes = blocks == 0 ? packet.Bytes : history!.Newest(ref blocks);
        var hasMarker = packet.HasMarker || mapped.IsNewSource;
        Write(bytes, blocks, mapped.SequenceNumber, mapped.Timestamp, hasMarker, buffer);
        PacketCount++;
        OctetCount += (uint)(bytes.Length - HeaderLength);
        return bytes.Length;
    }

    /// <summary>Writes a packet that was sent, or should have been, once more.</summary>
    /// <returns>Its length; 0 when it is no longer known.</returns>
    internal readonly int WriteAgain(ushort number, SlotHistory history, Instant now, Span<byte> buffer)
    {
        if (
            !_continuity.TryFindSegment(number, out var segment, out var isFirst)
            || !history.TryFind(
                (uint)segment.Source,
                segment.SourceNumber(number),
                BlocksAt(number),
                now,
                out var stored
            )
        )
        {
            return 0;
        }

        var timestamp = stored.Timestamp + segment.TimestampOffset;
        Write(stored.Bytes, stored.Blocks, number, timestamp, stored.HasMarker || isFirst, buffer);
        return stored.Bytes.Length;
    }

    /// <summary>From the next packet on, so many earlier frames go with each.</summary>
    internal void SetBlocks(int blocks)
    {
        (_blocksBefore, _blocks) = (_blocks, (byte)blocks);
        _blocksSince = (ushort)(_continuity.Highest + 1);
    }

    /// <summary>
    /// The last change is long ago: forget the one before, so that numbers that come round again are not taken for it.
    /// </summary>
    internal void Settle() => _blocksBefore = _blocks;

    internal void Pause() => _continuity.Pause();

    private readonly int BlocksAt(ushort number) =>
        HasRed ? ((short)(number - _blocksSince) >= 0 ? _blocks : _blocksBefore) : 0;

    private readonly void Write(
        ReadOnlySpan<byte> bytes,
        int blocks,
        ushort number,
        uint timestamp,
        bool hasMarker,
        Span<byte> buffer
    )
    {
        bytes.CopyTo(buffer);
        var payloadType = _format.PayloadType;
        if (blocks > 0)
        {
            RedPayloadWriter.SetPayloadType(buffer[HeaderLength..], blocks, payloadType);
            payloadType = _format.RedPayloadType!.Value;
        }

        buffer[1] = (byte)(payloadType | (hasMarker ? MarkerBit : 0));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], number);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], _format.Ssrc);
    }
}
