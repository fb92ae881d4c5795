using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a unary method over gRPC or gRPC-Web by the shortest way: most calls are of this kind.</summary>
/// <remarks>
/// Response and status go out together when the request is done. When the deadline passes the client is told at once,
/// even if the handler goes on; the request is held until the handler returns, so that the handler never sees it
/// recycled.
/// </remarks>
internal sealed class UnaryCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    UnaryServerMethod<TRequest, TResponse> handler,
    StreamProtocol protocol,
    CallServices services
)
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcServiceOptions _options = services.Options;
    private readonly DefaultObjectPool<MessageWriter<TResponse>> _plainWriters = new(
        new WriterPolicy(method.ResponseMarshaller, services.Options.MaxSendMessageSize)
    );

    public Task HandleAsync(HttpContext http)
    {
        if (CallStart.TryRead(http, protocol, method, services) is not { } request)
        {
            return Task.CompletedTask;
        }
        return request.Timeout is null ? ServeAsync(http, request) : ServeInTimeAsync(http, request);
    }

    private async Task ServeAsync(HttpContext http, GrpcRequest request)
    {
        using var cancellation = Cancellation(http, request);
        var call = new GrpcCallContext(http, method, request.Metadata, cancellation);
        End(call, request, cancellation, await RunAsync(call, request, cancellation, CancellationToken.None));
    }

    private async Task ServeInTimeAsync(HttpContext http, GrpcRequest request)
    {
        using var cancellation = Cancellation(http, request);
        var call = new GrpcCallContext(http, method, request.Metadata, cancellation);
        var handling = RunAsync(call, request, cancellation, cancellation.Token).AsTask();
        await Task.WhenAny(handling, cancellation.DeadlinePassed ?? handling);
        if (handling.IsCompleted)
        {
            End(call, request, cancellation, await handling);
            return;
        }
        protocol.SetEnd(http.Response, hasWritten: false, CallOutcome.DeadlineExceeded);
        await http.Response.CompleteAsync();
        await handling;
    }

    /// <param name="call">For the handler.</param>
    /// <param name="request">Its headers.</param>
    /// <param name="cancellation">Of the call.</param>
    /// <param name="readingEnds">Without a deadline the transport alone ends a body that does not come.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(CallOutcome Outcome, TResponse? Response)> RunAsync(
        GrpcCallContext call,
        GrpcRequest request,
        CallCancellation cancellation,
        CancellationToken readingEnds
    )
    {
        try
        {
            var messages = new MessageReader<TRequest>(
                protocol.BodyOf(call.HttpContext.Request),
                method.RequestMarshaller,
                _options.MaxReceiveMessageSize,
                request.IsGzip
            );
            var message = await SingleMessage.ReadAsync(messages, cancellation, readingEnds);
            var response = await handler(message, call);
            if (cancellation.IsDeadlinePassed)
            {
                return (CallOutcome.DeadlineExceeded, null);
            }
            var outcome = CallOutcome.Of(call);
            return outcome.Status.StatusCode == StatusCode.OK
                ? (outcome, response ?? throw SingleMessage.Missing(call))
                : (outcome, null);
        }
        catch (Exception exception)
        {
            return (CallOutcome.Of(exception, call, cancellation, _options, services.Logger), null);
        }
    }

    /// <summary>Leaves the response and the status to be sent; a response that cannot be written is an error.</summary>
    private void End(
        GrpcCallContext call,
        GrpcRequest request,
        CallCancellation cancellation,
        (CallOutcome Outcome, TResponse? Response) end
    )
    {
        var http = call.HttpContext;
        var outcome = end.Outcome;
        if (end.Response is not null)
        {
            try
            {
                Write(http, request, end.Response, call.WriteOptions);
            }
            catch (Exception exception)
            {
                outcome = CallOutcome.Of(exception, call, cancellation, _options, services.Logger);
                protocol.SetEnd(http.Response, hasWritten: false, outcome);
                return;
            }
        }
        protocol.SetEnd(http.Response, end.Response is not null, outcome);
    }

    private void Write(HttpContext http, GrpcRequest request, TResponse response, WriteOptions? options)
    {
        if (CallStart.GzipLevelFor(request, _options) is { } level)
        {
            var zipping = new MessageWriter<TResponse>(method.ResponseMarshaller, _options.MaxSendMessageSize, level);
            protocol.Write(http.Response.BodyWriter, zipping.Write(response, options).Span);
            return;
        }
        var writer = _plainWriters.Get();
        protocol.Write(http.Response.BodyWriter, writer.Write(response, options).Span);
        _plainWriters.Return(writer);
    }

    private CallCancellation Cancellation(HttpContext http, GrpcRequest request) =>
        new(request.Timeout, services.Time, http.Features.Get<IHttpRequestLifetimeFeature>());

    /// <summary>Keeps writers with their buffers, but for those that a long message has made large.</summary>
    private sealed class WriterPolicy(Marshaller<TResponse> marshaller, int? lengthMax)
        : PooledObjectPolicy<MessageWriter<TResponse>>
    {
        private const int CapacityMax = 16 * 1024;

        public override MessageWriter<TResponse> Create() => new(marshaller, lengthMax, gzipLevel: null);

        public override bool Return(MessageWriter<TResponse> obj) => obj.Capacity <= CapacityMax;
    }
}
