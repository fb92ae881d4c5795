using System.Buffers.Binary;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Routing;

/// <summary>
/// The RTP stream that one listener receives in one slot: the slot's packets, or the spare's while it speaks.
/// </summary>
/// <remarks>A mutable struct: an array element that its listener changes in place. Hot path: no allocation.</remarks>
public struct ListenerSlot
{
    private const byte MarkerBit = 0x80;
    private readonly SlotFormat _format;
    private RtpContinuity _continuity;

    internal ListenerSlot(SlotFormat format, Random random)
    {
        _format = format;
        _continuity = new RtpContinuity((ushort)random.Next(1 << 15), (uint)random.NextInt64(1L << 32));
    }

    public readonly uint Ssrc => _format.Ssrc;

    /// <summary>Packets sent (RFC 3550 §6.4.1).</summary>
    public uint PacketCount { get; private set; }

    /// <summary>Payload octets sent (RFC 3550 §6.4.1).</summary>
    public uint OctetCount { get; private set; }

    /// <summary>The RTP timestamp of this moment, for a sender report.</summary>
    public readonly uint TimestampAt(Instant now) => _continuity.TimestampAt(now);

    /// <summary>Writes this listener's copy of <paramref name="packet"/>.</summary>
    /// <returns>False when it comes too late for the listener's row of numbers.</returns>
    internal bool TryWrite(in SlotPacket packet, Instant now, Span<byte> buffer)
    {
        var (number, time) = (packet.SequenceNumber, packet.Timestamp);
        if (!_continuity.TryMap(packet.Tenure, number, time, packet.Samples, now - packet.Age, out var mapped))
        {
            return false;
        }

        packet.Bytes.CopyTo(buffer);
        var hasMarker = packet.HasMarker || mapped.IsNewSource;
        buffer[1] = (byte)(_format.PayloadType | (hasMarker ? MarkerBit : 0));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], mapped.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], mapped.Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], _format.Ssrc);
        PacketCount++;
        OctetCount += (uint)(packet.Bytes.Length - RtpPacketView.FixedHeaderLength - sizeof(uint));
        return true;
    }

    internal void Pause() => _continuity.Pause();
}
