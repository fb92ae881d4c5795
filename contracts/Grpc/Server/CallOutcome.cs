using Grpc.Core;
using Grpc.Wire;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>How a handler ended, as the client is told.</summary>
internal sealed record CallOutcome(Status Status, Metadata Trailers)
{
    public static CallOutcome Ok { get; } = new(Status.DefaultSuccess, Metadata.Empty);

    public static CallOutcome DeadlineExceeded { get; } =
        new(new Status(StatusCode.DeadlineExceeded, "The deadline passed before the call was done."), Metadata.Empty);

    public static CallOutcome Stopping { get; } =
        new(new Status(StatusCode.Unavailable, "The server is stopping. Try again elsewhere."), Metadata.Empty);

    private static CallOutcome Cancelled { get; } =
        new(new Status(StatusCode.Cancelled, "The call was cancelled."), Metadata.Empty);

    /// <summary>Of a handler that returned.</summary>
    public static CallOutcome Of(HttpCallContext call) =>
        call.Status.StatusCode == StatusCode.OK && call.Status.Detail is null or "" && call.TrailersAdded.Count == 0
            ? Ok
            : new CallOutcome(call.Status, call.TrailersAdded);

    /// <summary>
    /// A status that the handler threw is the client's; any other exception is ours, and stays in the log.
    /// </summary>
    public static CallOutcome Of(
        Exception exception,
        ServerCallContext call,
        CallCancellation cancellation,
        GrpcServiceOptions options,
        ILogger logger
    )
    {
        if (cancellation.IsDeadlinePassed)
        {
            GrpcServerLog.CallStopped(logger, call.Method, exception);
            return DeadlineExceeded;
        }
        if (exception is RpcException refusal)
        {
            GrpcServerLog.CallRefused(logger, call.Method, refusal.StatusCode);
            return new CallOutcome(refusal.Status, Merge(call.ResponseTrailers, refusal.Trailers));
        }
        if (cancellation.Token.IsCancellationRequested)
        {
            GrpcServerLog.CallStopped(logger, call.Method, exception);
            return Cancelled;
        }

        GrpcServerLog.HandlerFailed(logger, call.Method, exception);
        var detail = "The handler failed.";
        if (options.EnableDetailedErrors == true)
        {
            detail = $"{detail} {exception.GetType().Name}: {exception.Message}";
        }
        return new CallOutcome(new Status(StatusCode.Unknown, detail), call.ResponseTrailers);
    }

    private static Metadata Merge(Metadata first, Metadata second) => [.. first, .. second];
}
