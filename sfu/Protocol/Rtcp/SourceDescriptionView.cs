using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A view of an SDES packet (RFC 3550 §6.5), of which only the canonical names are read.</summary>
public readonly ref struct SourceDescriptionView
{
    internal const byte CanonicalName = 1;
    private const byte End = 0;
    private readonly ReadOnlySpan<byte> _body;
    private readonly int _chunkCount;

    private SourceDescriptionView(ReadOnlySpan<byte> body, int chunkCount)
    {
        _body = body;
        _chunkCount = chunkCount;
    }

    /// <summary>Finds the CNAME of a source. False when there is none, or what lies before it is cut short.</summary>
    public bool TryGetCname(uint ssrc, out ReadOnlySpan<byte> cname)
    {
        var rest = _body;
        for (var chunk = 0; chunk < _chunkCount && rest.Length >= sizeof(uint); chunk++)
        {
            var source = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (!TryReadItems(rest, out var found, out var length))
            {
                break;
            }

            if (source == ssrc && !found.IsEmpty)
            {
                cname = found;
                return true;
            }

            rest = rest[length..];
        }

        cname = default;
        return false;
    }

    public static bool TryParse(in RtcpPacketView packet, out SourceDescriptionView view)
    {
        view =
            packet.Type == RtcpPacketType.SourceDescription
                ? new SourceDescriptionView(packet.Body, packet.Count)
                : default;
        return packet.Type == RtcpPacketType.SourceDescription;
    }

    /// <summary>Items are type, length, text; a zero ends them, and zeros fill up to a whole word.</summary>
    private static bool TryReadItems(ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> cname, out int length)
    {
        cname = default;
        length = sizeof(uint);
        while (length < chunk.Length && chunk[length] != End)
        {
            if (chunk.Length - length < 2 || chunk.Length - length - 2 < chunk[length + 1])
            {
                return false;
            }

            var text = chunk.Slice(length + 2, chunk[length + 1]);
            if (chunk[length] == CanonicalName && cname.IsEmpty)
            {
                cname = text;
            }

            length += 2 + text.Length;
        }

        length = (length + sizeof(uint)) & ~(sizeof(uint) - 1);
        return length <= chunk.Length;
    }
}
