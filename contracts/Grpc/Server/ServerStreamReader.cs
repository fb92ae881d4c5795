using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The requests of a call, for its handler.</summary>
internal sealed class ServerStreamReader<T>(MessageReader<T> messages, CallCancellation cancellation)
    : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current =>
        _current
        ?? throw new InvalidOperationException("There is no message: await MoveNext first, and until it is false.");

    /// <exception cref="OperationCanceledException">The client went away, or the deadline passed.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var linked = cancellation.LinkTo(cancellationToken);
        try
        {
            _current = await messages.ReadAsync(linked?.Token ?? cancellation.Token);
            return _current is not null;
        }
        catch (Exception exception) when (exception is FormatException or IOException)
        {
            throw ServerStreamReader.Explain(exception, cancellation);
        }
    }
}

/// <summary>What fails when a client's stream is read, whatever its messages.</summary>
internal static class ServerStreamReader
{
    /// <summary>Text that is no base64 is the client's fault; a stream that broke is the end of the call.</summary>
    public static Exception Explain(Exception exception, CallCancellation cancellation)
    {
        if (exception is FormatException)
        {
            var detail = "The body is not base64, as its content-type says.";
            return new RpcException(new Status(StatusCode.InvalidArgument, detail, exception));
        }
        cancellation.Cancel();
        return new OperationCanceledException("The client's stream broke.", exception, cancellation.Token);
    }
}
