using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Wire;

/// <summary>What lies at the start of the bytes that have arrived.</summary>
internal enum FrameStart
{
    /// <summary>Not yet a whole message.</summary>
    Incomplete,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>A message longer than allowed, as its header says; its bytes need not arrive.</summary>
    TooLong,

    /// <summary>No message: the first byte is neither 0 nor 1.</summary>
    Malformed,
}

/// <summary>The length-prefixed messages of gRPC over HTTP/2: bytes in, messages out.</summary>
/// <remarks>
/// <code>
/// | compressed (0 or 1) | length (4 bytes, big endian) | message |
/// </code>
/// The length is compared with the limit before anything is done with it; nothing is ever allocated from it.
/// </remarks>
internal static class GrpcFraming
{
    public const int HeaderLength = 5;

    private const byte NotCompressed = 0;
    private const byte Compressed = 1;

    /// <summary>Looks for a message at the start of <paramref name="buffer"/> and never beyond it.</summary>
    /// <param name="buffer">All that has arrived and is not consumed.</param>
    /// <param name="lengthMax">The longest message to accept, in bytes.</param>
    /// <param name="frame">The message, or only its length where it is too long.</param>
    public static FrameStart Read(in ReadOnlySequence<byte> buffer, int lengthMax, out GrpcFrame frame)
    {
        frame = default;
        Span<byte> header = stackalloc byte[HeaderLength];
        var arrived = (int)Math.Min(buffer.Length, HeaderLength);
        buffer.Slice(0, arrived).CopyTo(header);
        if (arrived > 0 && header[0] > Compressed)
        {
            return FrameStart.Malformed;
        }
        if (arrived < HeaderLength)
        {
            return FrameStart.Incomplete;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > lengthMax)
        {
            frame = new GrpcFrame(header[0] == Compressed, length, ReadOnlySequence<byte>.Empty, buffer.Start);
            return FrameStart.TooLong;
        }
        if (buffer.Length - HeaderLength < length)
        {
            return FrameStart.Incomplete;
        }

        var payload = buffer.Slice(HeaderLength, length);
        frame = new GrpcFrame(header[0] == Compressed, length, payload, payload.End);
        return FrameStart.Message;
    }

    /// <summary>A whole frame with flags of a protocol of its own, such as the last one of gRPC-Web.</summary>
    public static byte[] Frame(byte flags, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderLength + payload.Length];
        WriteHeader(frame, compressed: false, payload.Length);
        frame[0] = flags;
        payload.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }

    /// <summary>Writes the first <see cref="HeaderLength"/> bytes of a message.</summary>
    public static void WriteHeader(Span<byte> destination, bool compressed, int length)
    {
        destination[0] = compressed ? Compressed : NotCompressed;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }
}
