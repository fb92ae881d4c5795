using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Takes messages from a pipe, one after the other. One reader at a time.</summary>
/// <remarks>Whatever is wrong with the bytes is an <see cref="RpcException"/> that says what.</remarks>
internal sealed class MessageReader<T>(PipeReader pipe, Marshaller<T> marshaller, int? lengthMax, bool isGzip)
    where T : class
{
    private readonly int _lengthMax = lengthMax ?? int.MaxValue;

    /// <returns>The next message, or null at the end of the stream.</returns>
    /// <exception cref="RpcException">The bytes are no message, or the message is too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var (consumed, examined) = (buffer.Start, buffer.End);
            try
            {
                var start = GrpcFraming.Read(buffer, _lengthMax, out var frame);
                if (start == FrameStart.Message)
                {
                    (consumed, examined) = (frame.End, frame.End);
                    return Deserialize(frame);
                }
                if (start != FrameStart.Incomplete)
                {
                    throw Refusal(start, frame);
                }
                if (result.IsCompleted)
                {
                    return buffer.IsEmpty ? null : throw Truncated(buffer.Length);
                }
            }
            finally
            {
                pipe.AdvanceTo(consumed, examined);
            }
        }
    }

    /// <summary>Gives the pipe's buffers back; nothing can be read any more.</summary>
    public void Complete() => pipe.Complete();

    private T Deserialize(GrpcFrame frame)
    {
        var payload = frame.IsCompressed ? Decompress(frame.Payload) : frame.Payload;
        try
        {
            return marshaller.ContextualDeserializer(new ReceivedMessage(payload));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Refused(StatusCode.Internal, $"The message is no {typeof(T).Name}: {exception.Message}", exception);
        }
    }

    private ReadOnlySequence<byte> Decompress(ReadOnlySequence<byte> payload)
    {
        if (!isGzip)
        {
            throw Refused(
                StatusCode.Internal,
                "A message is marked as compressed, but grpc-encoding names no encoding."
            );
        }
        try
        {
            var result = Gzip.Decompress(payload, _lengthMax);
            return result.IsTooLong
                ? throw Refused(
                    StatusCode.ResourceExhausted,
                    $"The received message is longer than {_lengthMax} bytes when decompressed."
                )
                : new ReadOnlySequence<byte>(result.Bytes);
        }
        catch (InvalidDataException exception)
        {
            throw Refused(StatusCode.Internal, "A message is marked as compressed but is not gzip.", exception);
        }
    }

    private RpcException Refusal(FrameStart start, GrpcFrame frame) =>
        start == FrameStart.TooLong
            ? Refused(
                StatusCode.ResourceExhausted,
                $"The received message has {frame.Length} bytes; at most {_lengthMax} are accepted."
            )
            : Refused(StatusCode.Internal, "The stream has a byte that is neither 0 nor 1 where a message starts.");

    private static RpcException Truncated(long length) =>
        Refused(StatusCode.Internal, $"The stream ended inside a message, after {length} bytes of it.");

    private static RpcException Refused(StatusCode code, string detail, Exception? cause = null) =>
        new(new Status(code, detail, cause));
}
