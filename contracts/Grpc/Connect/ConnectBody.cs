using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>Reads a whole request body that must not pass a limit.</summary>
internal static class ConnectBody
{
    /// <returns>What <paramref name="parse"/> makes of the decompressed body.</returns>
    /// <exception cref="ConnectRefusal">It is too long or not gzip.</exception>
    public static async Task<T> ReadAsync<T>(
        PipeReader pipe,
        bool isGzip,
        int lengthMax,
        Func<ReadOnlySequence<byte>, T> parse,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken);
            var consumed = result.Buffer.End;
            try
            {
                if (result.Buffer.Length > lengthMax)
                {
                    throw TooLong(lengthMax);
                }
                if (result.IsCompleted)
                {
                    return parse(isGzip ? Decompress(result.Buffer, lengthMax) : result.Buffer);
                }
                consumed = result.Buffer.Start;
            }
            finally
            {
                pipe.AdvanceTo(consumed, result.Buffer.End);
            }
        }
    }

    public static ReadOnlySequence<byte> Decompress(ReadOnlySequence<byte> body, int lengthMax)
    {
        try
        {
            var result = Gzip.Decompress(body, lengthMax);
            return result.IsTooLong ? throw TooLong(lengthMax) : new ReadOnlySequence<byte>(result.Bytes);
        }
        catch (InvalidDataException exception)
        {
            throw new ConnectRefusal(
                new ConnectError(new Status(StatusCode.InvalidArgument, "The body is not gzip, as its encoding says.")),
                exception
            );
        }
    }

    private static ConnectRefusal TooLong(int lengthMax) =>
        new(new ConnectError(new Status(StatusCode.ResourceExhausted, $"The body is longer than {lengthMax} bytes.")));
}
