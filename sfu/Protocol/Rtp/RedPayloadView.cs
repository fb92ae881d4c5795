using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>A view of a RED payload: the packet's own audio, and older blocks sent again (RFC 2198 §3).</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |1|  block PT   |     timestamp offset      |   block length    |   for each older block
/// |0|  block PT   |                                                   for the primary, which is last
/// </code>
/// </remarks>
public readonly ref struct RedPayloadView
{
    private const int RedundantHeaderLength = 4;
    private const byte FollowBit = 0x80;
    private const int RedundantMax = 32;

    private readonly ReadOnlySpan<byte> _headers;
    private readonly ReadOnlySpan<byte> _data;

    private RedPayloadView(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> data, RedBlock primary)
    {
        _headers = headers;
        _data = data;
        Primary = primary;
    }

    /// <summary>The audio of the packet itself.</summary>
    public RedBlock Primary { get; }

    public int RedundantCount => _headers.Length / RedundantHeaderLength;

    /// <summary>An older block; the first is the oldest.</summary>
    /// <param name="index">Below <see cref="RedundantCount"/>.</param>
    public RedBlock Redundant(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)RedundantCount);
        var start = 0;
        for (var i = 0; i < index; i++)
        {
            start += BlockLength(HeaderAt(i));
        }

        var header = HeaderAt(index);
        return new RedBlock(
            (byte)((header >> 24) & 0x7F),
            (int)(header >> 10) & 0x3FFF,
            _data.Slice(start, BlockLength(header))
        );
    }

    /// <summary>False when headers or blocks are cut short, or there are more than 32 older blocks.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out RedPayloadView view)
    {
        view = default;
        var rest = payload;
        var redundantLength = 0;
        while (!rest.IsEmpty && (rest[0] & FollowBit) != 0)
        {
            if (
                rest.Length < RedundantHeaderLength
                || payload.Length - rest.Length >= RedundantMax * RedundantHeaderLength
            )
            {
                return false;
            }

            redundantLength += BlockLength(BinaryPrimitives.ReadUInt32BigEndian(rest));
            rest = rest[RedundantHeaderLength..];
        }

        if (rest.IsEmpty || rest.Length - 1 < redundantLength)
        {
            return false;
        }

        var primary = new RedBlock(rest[0], 0, rest[(1 + redundantLength)..]);
        view = new RedPayloadView(payload[..^rest.Length], rest.Slice(1, redundantLength), primary);
        return true;
    }

    private static int BlockLength(uint header) => (int)(header & 0x3FF);

    private uint HeaderAt(int index) =>
        BinaryPrimitives.ReadUInt32BigEndian(_headers[(index * RedundantHeaderLength)..]);
}
