using System.Buffers.Binary;

namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>
/// A view of transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1); in a
/// <c>foreach</c> it gives one <see cref="PacketArrival"/> for each packet it tells of.
/// </summary>
/// <remarks>
/// Bounded by the packet status count (at most 65,535), and it ends where chunks or deltas are cut short.
/// </remarks>
public ref struct TransportFeedbackView
{
    private const int Format = 15;
    private const int HeadLength = 16;
    private const int NotReceived = 0;
    private const int SmallDelta = 1;
    private const int LargeDelta = 2;

    private readonly ReadOnlySpan<byte> _body;
    private ReadOnlySpan<byte> _chunks;
    private ReadOnlySpan<byte> _deltas;
    private int _left;
    private ushort _next;
    private TransportStatusChunk _chunk;

    private TransportFeedbackView(ReadOnlySpan<byte> body, ReadOnlySpan<byte> chunks, ReadOnlySpan<byte> deltas)
    {
        _body = body;
        _chunks = chunks;
        _deltas = deltas;
        _left = StatusCount;
        _next = BaseSequenceNumber;
    }

    public readonly uint MediaSsrc => BinaryPrimitives.ReadUInt32BigEndian(_body[4..]);

    public readonly ushort BaseSequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_body[8..]);

    public readonly int StatusCount => BinaryPrimitives.ReadUInt16BigEndian(_body[10..]);

    /// <summary>In 64 ms since a start that the receiver chose; 24 bits, signed.</summary>
    public readonly int ReferenceTime => BinaryPrimitives.ReadInt32BigEndian(_body[12..]) >> 8;

    public readonly byte FeedbackCount => _body[15];

    public PacketArrival Current { get; private set; }

    public readonly TransportFeedbackView GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left == 0 || (_chunk.IsEmpty && !TryReadChunk(ref _chunks, out _chunk)))
        {
            return false;
        }

        var status = _chunk.Take();
        if (!TryReadDelta(status, out var delta))
        {
            _left = 0;
            return false;
        }

        Current = new PacketArrival(_next++, status != NotReceived, delta);
        _left--;
        return true;
    }

    /// <summary>False for another format, or when the chunks for its status count are not all there.</summary>
    public static bool TryParse(in RtcpPacketView packet, out TransportFeedbackView view)
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

        // The deltas begin where the chunks end, and those end when the status count is reached.
        var told = packet.Body[HeadLength..];
        var rest = told;
        var missing = (int)BinaryPrimitives.ReadUInt16BigEndian(packet.Body[10..]);
        while (missing > 0)
        {
            if (!TryReadChunk(ref rest, out var chunk) || chunk.IsEmpty)
            {
                return false;
            }

            missing -= chunk.Count;
        }

        view = new TransportFeedbackView(packet.Body, told[..^rest.Length], rest);
        return true;
    }

    private static bool TryReadChunk(ref ReadOnlySpan<byte> chunks, out TransportStatusChunk chunk)
    {
        chunk = default;
        if (chunks.Length < sizeof(ushort))
        {
            return false;
        }

        chunk = TransportStatusChunk.Read(BinaryPrimitives.ReadUInt16BigEndian(chunks));
        chunks = chunks[sizeof(ushort)..];
        return !chunk.IsEmpty;
    }

    private bool TryReadDelta(int status, out int delta)
    {
        delta = 0;
        var length = status switch
        {
            SmallDelta => 1,
            LargeDelta => 2,
            _ => 0,
        };
        if (_deltas.Length < length)
        {
            return false;
        }

        delta = length switch
        {
            1 => _deltas[0],
            2 => BinaryPrimitives.ReadInt16BigEndian(_deltas),
            _ => 0,
        };
        _deltas = _deltas[length..];
        return true;
    }
}
