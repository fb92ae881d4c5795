using System.IO.Compression;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves one method over gRPC, gRPC-Web or Connect streams: headers in, the handler, status out.</summary>
/// <remarks>
/// Every kind of method is served as a duplex one. When the deadline passes the client is told at once, even if the
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
    private readonly bool _isStream = method.Type != MethodType.Unary;

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.ContentType = protocol.ContentType;
        http.Response.Headers[protocol.AcceptEncodingHeader] = GrpcHeaders.EncodingsAccepted;
        GrpcRequest request;
        try
        {
            request = protocol.Parse(http.Request.Headers);
        }
        catch (RpcException refusal)
        {
            GrpcServerLog.CallRefused(services.Logger, method.FullName, refusal.StatusCode);
            protocol.SetEnd(http.Response, hasWritten: false, new CallOutcome(refusal.Status, refusal.Trailers));
            return;
        }

        await ServeAsync(http, request);
    }

    private async Task ServeAsync(HttpContext http, GrpcRequest request)
    {
        LiftStreamLimits(http);
        var gzipLevel = GzipLevel(request);
        if (gzipLevel is not null)
        {
            http.Response.Headers[protocol.EncodingHeader] = GrpcHeaders.Gzip;
        }

        using var cancellation = new CallCancellation(
            request.Timeout,
            services.Time,
            http.RequestAborted,
            _isStream ? services.Shutdown.Token : CancellationToken.None
        );
        var call = new GrpcCallContext(http, method, request.Metadata, cancellation);
        using var responses = new ServerStreamWriter<TResponse>(
            http.Response.BodyWriter,
            protocol,
            new MessageWriter<TResponse>(method.ResponseMarshaller, _options.MaxSendMessageSize, gzipLevel),
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
        if (cancellation.DeadlinePassed is null && !_isStream)
        {
            return null;
        }
        var stopped = _isStream ? services.Shutdown.Completed : handling;
        await Task.WhenAny(handling, cancellation.DeadlinePassed ?? handling, stopped);
        return handling.IsCompleted ? null : InterruptionNow(cancellation);
    }

    private CallOutcome? InterruptionNow(CallCancellation cancellation)
    {
        if (cancellation.IsDeadlinePassed)
        {
            return CallOutcome.DeadlineExceeded;
        }
        return _isStream && services.Shutdown.Completed.IsCompleted ? CallOutcome.Stopping : null;
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
            return InterruptionNow(cancellation) ?? new CallOutcome(call.Status, call.ResponseTrailers);
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

    /// <summary>A stream of requests may be as long and as slow as it likes; each message has its own limit.</summary>
    private void LiftStreamLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }
        if (
            method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } dataRate
        )
        {
            dataRate.MinDataRate = null;
        }
    }

    private CompressionLevel? GzipLevel(GrpcRequest request) =>
        request.AcceptsGzip && _options.ResponseCompressionAlgorithm == GrpcHeaders.Gzip
            ? _options.ResponseCompressionLevel ?? CompressionLevel.Fastest
            : null;
}
