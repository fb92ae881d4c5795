using System.Buffers;
using System.IO.Compression;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>
/// Serves one unary method over the Connect protocol: the body is the message, the HTTP status the result.
/// </summary>
/// <remarks>
/// Works over HTTP/1.1 and HTTP/2, with <c>curl</c> and <c>fetch</c>. GET is for methods without side effects.
/// </remarks>
internal sealed class ConnectUnaryHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    UnaryServerMethod<TRequest, TResponse> handler,
    MethodDescriptor descriptor,
    CallServices services
)
    where TRequest : class
    where TResponse : class
{
    private readonly ConnectCodec<TRequest, TResponse> _codec = new(
        method,
        descriptor.InputType,
        services.Options.MaxSendMessageSize
    );

    private readonly bool _hasNoSideEffects =
        descriptor.GetOptions()?.IdempotencyLevel == MethodOptions.Types.IdempotencyLevel.NoSideEffects;

    private readonly int _receiveLengthMax = services.Options.MaxReceiveMessageSize ?? int.MaxValue;

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            var request = ConnectRequest.Parse(http, _hasNoSideEffects);
            using var cancellation = new CallCancellation(
                request.Timeout,
                services.Time,
                http.Features.Get<IHttpRequestLifetimeFeature>()
            );
            var message = await ReadAsync(http, request, cancellation.Token);
            await ServeAsync(http, request, message, cancellation);
        }
        catch (ConnectRefusal refusal)
        {
            GrpcServerLog.CallRefused(services.Logger, method.FullName, refusal.Error.Status.StatusCode);
            await refusal.Error.WriteAsync(http.Response);
        }
        catch (BadHttpRequestException exception)
        {
            GrpcServerLog.CallRefused(services.Logger, method.FullName, StatusCode.InvalidArgument);
            var status = new Status(StatusCode.InvalidArgument, exception.Message);
            await new ConnectError(exception.StatusCode, status).WriteAsync(http.Response);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            GrpcServerLog.CallStopped(services.Logger, method.FullName, exception);
            await new ConnectError(CallOutcome.DeadlineExceeded.Status).WriteAsync(http.Response);
        }
    }

    private async Task<TRequest> ReadAsync(
        HttpContext http,
        ConnectRequest request,
        CancellationToken cancellationToken
    )
    {
        if (HttpMethods.IsGet(http.Request.Method))
        {
            var message = ConnectRequest.MessageOf(http.Request.Query);
            return _codec.Parse(
                request.IsGzip ? ConnectBody.Decompress(message, _receiveLengthMax) : message,
                request.Encoding
            );
        }

        return await ConnectBody.ReadAsync(
            http.Request.BodyReader,
            request.IsGzip,
            _receiveLengthMax,
            body => _codec.Parse(body, request.Encoding),
            cancellationToken
        );
    }

    private async Task ServeAsync(
        HttpContext http,
        ConnectRequest request,
        TRequest message,
        CallCancellation cancellation
    )
    {
        var call = new ConnectCallContext(http, method, request.Metadata, cancellation);
        var handling = RunAsync(message, call, request.Encoding, cancellation);
        if (cancellation.DeadlinePassed is { } deadline && await Task.WhenAny(handling, deadline) == deadline)
        {
            await new ConnectError(CallOutcome.DeadlineExceeded.Status).WriteAsync(http.Response);
            await http.Response.CompleteAsync();
            await handling; // the request must not be recycled under the handler
            return;
        }

        var (outcome, response) = await handling;
        call.Apply(outcome.Trailers);
        if (outcome.Status.StatusCode != StatusCode.OK)
        {
            await new ConnectError(outcome).WriteAsync(http.Response);
            return;
        }
        http.Response.ContentType = request.Encoding.MediaType();
        response = Compress(http.Response, request, response);
        http.Response.ContentLength = response.Length;
        await http.Response.BodyWriter.WriteAsync(response, cancellation.Token);
    }

    private ReadOnlyMemory<byte> Compress(HttpResponse http, ConnectRequest request, ReadOnlyMemory<byte> response)
    {
        if (!request.AcceptsGzip || services.Options.ResponseCompressionAlgorithm != GrpcHeaders.Gzip)
        {
            return response;
        }
        var compressed = new ArrayBufferWriter<byte>();
        Gzip.Compress(response.Span, compressed, services.Options.ResponseCompressionLevel ?? CompressionLevel.Fastest);
        http.Headers.ContentEncoding = GrpcHeaders.Gzip;
        return compressed.WrittenMemory;
    }

    private async Task<(CallOutcome Outcome, ReadOnlyMemory<byte> Response)> RunAsync(
        TRequest message,
        ConnectCallContext call,
        ConnectEncoding encoding,
        CallCancellation cancellation
    )
    {
        try
        {
            var response = await handler(message, call);
            var outcome = CallOutcome.Of(call);
            return call.Status.StatusCode == StatusCode.OK
                ? (outcome, _codec.Format(response, encoding))
                : (outcome, ReadOnlyMemory<byte>.Empty);
        }
        catch (Exception exception)
        {
            return (
                CallOutcome.Of(exception, call, cancellation, services.Options, services.Logger),
                ReadOnlyMemory<byte>.Empty
            );
        }
    }
}
