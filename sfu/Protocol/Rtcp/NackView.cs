using System.Buffers.Binary;
using System.Numerics;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>
/// A view of a generic NACK (RFC 4585 §6.2.1); in a <c>foreach</c> it gives the sequence numbers asked for.
/// </summary>
/// <remarks>Each 4 bytes ask for up to 17 packets, so whoever answers keeps a budget of its own.</remarks>
public ref struct NackView
{
    internal const int Format = 1;
    private const int HeadLength = 8;
    private readonly ReadOnlySpan<byte> _body;
    private ReadOnlySpan<byte> _rest;
    private ushort _base;
    private uint _pending;

    private NackView(ReadOnlySpan<byte> body)
    {
        _body = body;
        _rest = body[HeadLength..];
    }

    public readonly uint SenderSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>The source whose packets are missing.</summary>
    public readonly uint MediaSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body[4..]);

    public ushort Current { get; private set; }

    public readonly NackView GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_pending == 0)
        {
            if (_rest.Length < sizeof(uint))
            {
                return false;
            }

            _base = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            _pending = 1 | ((uint)BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) << 1);
            _rest = _rest[sizeof(uint)..];
        }

        Current = (ushort)(_base + BitOperations.TrailingZeroCount(_pending));
        _pending &= _pending - 1;
        return true;
    }

    public static bool TryParse(in RtcpPacketView packet, out NackView view)
    {
        view = default;
        if (
            packet.Type != RtcpPacketType.TransportFeedback
            || packet.Count != Format
            || packet.Body.Length < HeadLength
        )
        {
            return false;
        }

        view = new NackView(packet.Body);
        return true;
    }
}
