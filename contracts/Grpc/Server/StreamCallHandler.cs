using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a streaming method over gRPC, gRPC-Web or Connect: headers in, the handler, status out.</summary>
/// <remarks>
/// Every kind of stream is served as a duplex one. When the deadline passes the client is told at once, even if the
/// handler goes on; the request is held until the handler returns, so that the handler never sees it recycled.
/// </remarks>
internal sealed class StreamCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    DuplexStreamingServerMethod<TRequest, TResponse> handler,
    StreamProtocol protocol,
    CallServices services
)
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcServiceOptions _options = services.Options;

    public Task HandleAsync(HttpContext http) =>
        CallStart.TryRead(http, protocol, method, services) is { } request
            ? ServeAsync(http, request)
            : Task.CompletedTask;

    private async Task ServeAsync(HttpContext http, GrpcRequest request)
    {
        using var cancellation = new CallCancellation(
            request.Timeout,
            services.Time,
            http.Features.Get<IHttpRequestLifetimeFeature>(),
            services.Shutdown.Token
        );
        var call = new GrpcCallContext(http, method, request.Metadata, cancellation);
        using var responses = new ServerStreamWriter<TResponse>(
            http.Response.BodyWriter,
            protocol,
            new MessageWriter<TResponse>(
                method.ResponseMarshaller,
                _options.MaxSendMessageSize,
                CallStart.GzipLevelFor(request, _options)
            ),
            cancellation
        );
        var requests = new ServerStreamReader<TRequest>(
            new MessageReader<TRequest>(
                protocol.BodyOf(http.Request),
                method.RequestMarshaller,
                _options.MaxReceiveMessageSize,
                request.IsGzip
            ),
            cancellation
        );

        var handling = RunAsync(requests, responses, call, cancellation);
        if (await InterruptionOf(handling, cancellation) is { } interruption)
        {
            await EndAsync(http, responses, interruption);
        }
        await EndAsync(http, responses, await handling);
    }

    /// <returns>Why the call ends before its handler; null when the handler was first.</returns>
    private async Task<CallOutcome?> InterruptionOf(Task handling, CallCancellation cancellation)
    {
        await Task.WhenAny(handling, cancellation.DeadlinePassed ?? handling, services.Shutdown.Completed);
        return handling.IsCompleted ? null : InterruptionNow(cancellation);
    }

    private CallOutcome? InterruptionNow(CallCancellation cancellation)
    {
        if (cancellation.IsDeadlinePassed)
        {
            return CallOutcome.DeadlineExceeded;
        }
        return services.Shutdown.Completed.IsCompleted ? CallOutcome.Stopping : null;
    }

    private async Task<CallOutcome> RunAsync(
        ServerStreamReader<TRequest> requests,
        ServerStreamWriter<TResponse> responses,
        GrpcCallContext call,
        CallCancellation cancellation
    )
    {
        try
        {
            await handler(requests, responses, call);
            return InterruptionNow(cancellation) ?? CallOutcome.Of(call);
        }
        catch (Exception exception)
        {
            var outcome = CallOutcome.Of(exception, call, cancellation, _options, services.Logger);
            return outcome.Status.StatusCode == StatusCode.Cancelled
                ? InterruptionNow(cancellation) ?? outcome
                : outcome;
        }
    }

    private async Task EndAsync(HttpContext http, ServerStreamWriter<TResponse> responses, CallOutcome outcome)
    {
        if (await responses.TryEndAsync() && !http.RequestAborted.IsCancellationRequested)
        {
            protocol.SetEnd(http.Response, responses.HasWritten, outcome);
            await http.Response.CompleteAsync();
        }
    }
}
