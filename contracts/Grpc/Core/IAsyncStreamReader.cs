namespace Grpc.Core;

/// <summary>The messages that arrive on a stream, one after the other. One reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> found.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false at the end of the stream.</summary>
    /// <exception cref="RpcException">The call ended in another status than OK.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
