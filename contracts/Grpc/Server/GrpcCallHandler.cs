using System.IO.Compression;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves one method over gRPC: headers in, the handler, status out.</summary>
/// <remarks>
/// Every kind of method is served as a duplex one. When the deadline passes the client is told at once, even if the
/// handler goes on;
/// the request is held until the handler returns, so that the handler never sees it recycled.
/// </remarks>
internal sealed class GrpcCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    DuplexStreamingServerMethod<TRequest, TResponse> handler,
    GrpcServiceOptions options,
    TimeProvider time,
    ILogger logger
)
    where TRequest : class
    where TResponse : class
{
    public async Task HandleAsync(HttpContext http)
    {
        http.Response.ContentType = GrpcHeaders.ContentType;
        http.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.EncodingsAccepted;
        GrpcRequest request;
        try
        {
            request = GrpcRequest.Parse(http.Request.Headers);
        }
        catch (RpcException refusal)
        {
            GrpcServerLog.CallRefused(logger, method.FullName, refusal.StatusCode);
            GrpcCallEnd.SetOnlyStatus(http.Response, refusal.Status, refusal.Trailers);
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
            http.Response.Headers[GrpcHeaders.Encoding] = GrpcHeaders.Gzip;
        }

        using var cancellation = new CallCancellation(request.Timeout, time, http.RequestAborted);
        var call = new GrpcCallContext(http, method, request.Metadata, cancellation);
        using var responses = new ServerStreamWriter<TResponse>(
            http.Response.BodyWriter,
            new MessageWriter<TResponse>(method.ResponseMarshaller, options.MaxSendMessageSize, gzipLevel),
            cancellation
        );
        var requests = new ServerStreamReader<TRequest>(
            new MessageReader<TRequest>(
                http.Request.BodyReader,
                method.RequestMarshaller,
                options.MaxReceiveMessageSize,
                request.IsGzip
            ),
            cancellation
        );

        var handling = RunAsync(requests, responses, call, cancellation);
        if (cancellation.DeadlinePassed is { } deadline && await Task.WhenAny(handling, deadline) == deadline)
        {
            await EndAsync(http, responses, CallOutcome.DeadlineExceeded);
        }
        await EndAsync(http, responses, await handling);
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
            return cancellation.IsDeadlinePassed
                ? CallOutcome.DeadlineExceeded
                : new CallOutcome(call.Status, call.ResponseTrailers);
        }
        catch (Exception exception)
        {
            return CallOutcome.Of(exception, call, cancellation, options, logger);
        }
    }

    private static async Task EndAsync(HttpContext http, ServerStreamWriter<TResponse> responses, CallOutcome outcome)
    {
        if (await responses.TryEndAsync() && !http.RequestAborted.IsCancellationRequested)
        {
            SetEnd(http.Response, responses, outcome);
            await http.Response.CompleteAsync();
        }
    }

    private static void SetEnd(HttpResponse response, ServerStreamWriter<TResponse> responses, CallOutcome outcome)
    {
        if (response.HasStarted || responses.HasWritten)
        {
            GrpcCallEnd.SetTrailers(response, outcome.Status, outcome.Trailers);
        }
        else
        {
            GrpcCallEnd.SetOnlyStatus(response, outcome.Status, outcome.Trailers);
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
        request.AcceptsGzip && options.ResponseCompressionAlgorithm == GrpcHeaders.Gzip
            ? options.ResponseCompressionLevel ?? CompressionLevel.Fastest
            : null;
}
