namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A read-only view of one packet of a compound (RFC 3550 §6.4.1); it copies nothing.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|  count  |      type     |      length in words - 1      |
/// |                             body ...                          |
/// </code>
/// </remarks>
public readonly ref struct RtcpPacketView
{
    public const int HeaderLength = 4;

    internal RtcpPacketView(byte type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    /// <summary>One of <see cref="RtcpPacketType"/>, or one that is passed over.</summary>
    public byte Type { get; }

    /// <summary>0-31: reports, chunks or sources, or the format of a feedback message.</summary>
    public int Count { get; }

    /// <summary>What follows the header, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }
}
