namespace Grpc.Core;

/// <summary>Where a stream's messages go. One write at a time: await each before the next.</summary>
public interface IAsyncStreamWriter<in T>
{
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Completes when the transport took the message: a slow receiver makes the writer wait.</summary>
    Task WriteAsync(T message);

    Task WriteAsync(T message, CancellationToken cancellationToken);
}
