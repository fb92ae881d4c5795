using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A view of a BYE (RFC 3550 §6.6). It counts only for sources that are the sender's own.</summary>
public readonly ref struct GoodbyeView
{
    private readonly ReadOnlySpan<byte> _body;

    private GoodbyeView(ReadOnlySpan<byte> body, int sourceCount)
    {
        _body = body;
        SourceCount = sourceCount;
    }

    public int SourceCount { get; }

    /// <param name="index">Below <see cref="SourceCount"/>.</param>
    public uint Source(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SourceCount);
        return BinaryPrimitives.ReadUInt32BigEndian(_body[(index * sizeof(uint))..]);
    }

    /// <summary>False for another type, or when the packet is shorter than its count says.</summary>
    public static bool TryParse(in RtcpPacketView packet, out GoodbyeView view)
    {
        view = default;
        if (packet.Type != RtcpPacketType.Goodbye || packet.Body.Length < packet.Count * sizeof(uint))
        {
            return false;
        }

        view = new GoodbyeView(packet.Body, packet.Count);
        return true;
    }
}
