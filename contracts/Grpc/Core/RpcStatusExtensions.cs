using Google.Protobuf;
using Grpc.Core;

namespace Google.Rpc;

/// <summary>Errors with details: between <see cref="Status"/> and what a call ends with.</summary>
/// <remarks>The details travel as the trailer <c>grpc-status-details-bin</c>, over Connect in the error.</remarks>
public static class RpcStatusExtensions
{
    /// <summary>The key of the trailer with the serialized <see cref="Status"/>.</summary>
    public const string StatusDetailsTrailerName = "grpc-status-details-bin";

    /// <summary>The exception for a handler to throw.</summary>
    public static RpcException ToRpcException(this Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var trailers = new Metadata { { StatusDetailsTrailerName, status.ToByteArray() } };
        return new RpcException(new Grpc.Core.Status((StatusCode)status.Code, status.Message), trailers);
    }

    /// <summary>The details that came with an error; null where there are none, or no readable ones.</summary>
    public static Status? GetRpcStatus(this RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Trailers.GetRpcStatus();
    }

    /// <summary>The details among trailers; null where there are none, or no readable ones.</summary>
    public static Status? GetRpcStatus(this Metadata trailers)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        if (trailers.GetValueBytes(StatusDetailsTrailerName) is not { } bytes)
        {
            return null;
        }
        try
        {
            return Status.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null; // made by another library, or broken on its way: the code and the text still hold
        }
    }

    /// <summary>The first detail of this type, or null.</summary>
    public static T? GetDetail<T>(this Status status)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.Details.FirstOrDefault(detail => detail.Is(new T().Descriptor)) is { } found
            ? found.Unpack<T>()
            : null;
    }
}
