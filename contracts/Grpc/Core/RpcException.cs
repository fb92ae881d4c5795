namespace Grpc.Core;

/// <summary>
/// A call that did not end in <see cref="StatusCode.OK"/>; thrown by a handler it becomes the call's status.
/// </summary>
public class RpcException : Exception
{
    public RpcException(Status status)
        : this(status, Metadata.Empty) { }

    public RpcException(Status status, string message)
        : this(status, Metadata.Empty, message) { }

    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString()) { }

    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    public Status Status { get; }

    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>Metadata that goes, or came, with the status.</summary>
    public Metadata Trailers { get; }
}
