using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>Goes through the packets of a compound (RFC 3550 §6.1) or reduced-size (RFC 5506) RTCP packet.</summary>
/// <remarks>
/// Use it in a <c>foreach</c>. It ends at the first packet that is cut short or not RTCP; every step takes at least
/// four
/// bytes, so a datagram bounds it. Hot path: no allocation.
/// </remarks>
public ref struct RtcpCompound(ReadOnlySpan<byte> bytes)
{
    private const byte PaddingBit = 0x20;
    private const byte CountMask = 0x1F;

    private ReadOnlySpan<byte> _rest = bytes;

    public RtcpPacketView Current { get; private set; }

    public readonly RtcpCompound GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < RtcpPacketView.HeaderLength || _rest[0] >> 6 != 2)
        {
            return false;
        }

        var length = RtcpPacketView.HeaderLength + (sizeof(uint) * BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]));
        if (length > _rest.Length)
        {
            return false;
        }

        var padding = (_rest[0] & PaddingBit) != 0 ? _rest[length - 1] : 0;
        if (RtcpPacketView.HeaderLength + padding > length)
        {
            return false;
        }

        var body = _rest[RtcpPacketView.HeaderLength..(length - padding)];
        Current = new RtcpPacketView(_rest[1], _rest[0] & CountMask, body);
        _rest = _rest[length..];
        return true;
    }
}
