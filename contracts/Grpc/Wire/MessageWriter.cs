using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Makes length-prefixed messages, one after the other, in a buffer of its own.</summary>
/// <remarks>What <see cref="Write"/> returns is valid until the next call. One writer at a time.</remarks>
internal sealed class MessageWriter<T>(Marshaller<T> marshaller, int? lengthMax, CompressionLevel? gzipLevel)
    : SerializationContext
    where T : class
{
    private readonly ArrayBufferWriter<byte> _frame = new();
    private readonly int _lengthMax = lengthMax ?? int.MaxValue - GrpcFraming.HeaderLength;
    private bool _isComplete;

    /// <summary>Of the buffer, in bytes.</summary>
    public int Capacity => _frame.Capacity;

    /// <returns>The whole frame: header and message.</returns>
    /// <exception cref="RpcException">The message is longer than allowed.</exception>
    public ReadOnlyMemory<byte> Write(T message, WriteOptions? options)
    {
        _frame.ResetWrittenCount();
        _isComplete = false;
        ReserveHeader(_frame);
        marshaller.ContextualSerializer(message, this);
        if (!_isComplete)
        {
            throw new InvalidOperationException($"The marshaller of {typeof(T).Name} did not complete the message.");
        }

        var length = _frame.WrittenCount - GrpcFraming.HeaderLength;
        ThrowIfTooLong(length);
        var mayCompress = ((options?.Flags ?? WriteFlags.None) & WriteFlags.NoCompress) == 0;
        var compresses = gzipLevel is not null && mayCompress && length > 0; // of nothing GZipStream makes no gzip
        return compresses ? Compress(gzipLevel!.Value) : WithHeader(_frame, compressed: false);
    }

    public override void Complete(byte[] payload)
    {
        _frame.Write(payload);
        _isComplete = true;
    }

    public override void SetPayloadLength(int payloadLength) => ThrowIfTooLong(payloadLength);

    public override IBufferWriter<byte> GetBufferWriter() => _frame;

    public override void Complete() => _isComplete = true;

    private ReadOnlyMemory<byte> Compress(CompressionLevel level)
    {
        var compressed = new ArrayBufferWriter<byte>();
        ReserveHeader(compressed);
        Gzip.Compress(_frame.WrittenSpan[GrpcFraming.HeaderLength..], compressed, level);
        return WithHeader(compressed, compressed: true);
    }

    private static void ReserveHeader(ArrayBufferWriter<byte> frame)
    {
        frame.GetSpan(GrpcFraming.HeaderLength);
        frame.Advance(GrpcFraming.HeaderLength);
    }

    private static ReadOnlyMemory<byte> WithHeader(ArrayBufferWriter<byte> frame, bool compressed)
    {
        Span<byte> header = stackalloc byte[GrpcFraming.HeaderLength];
        GrpcFraming.WriteHeader(header, compressed, frame.WrittenCount - GrpcFraming.HeaderLength);
        header.CopyTo(MemoryMarshal.AsMemory(frame.WrittenMemory).Span);
        return frame.WrittenMemory;
    }

    private void ThrowIfTooLong(int length)
    {
        if (length > _lengthMax)
        {
            throw new RpcException(
                new Status(
                    StatusCode.ResourceExhausted,
                    $"The message to send has {length} bytes; at most {_lengthMax} are allowed."
                )
            );
        }
    }
}
