using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>A call as its HTTP request shows it, for gRPC and for Connect.</summary>
internal abstract class HttpCallContext : ServerCallContext
{
    private readonly IMethod _method;
    private readonly CallCancellation _cancellation;
    private Metadata? _trailers;
    private bool _areHeadersWritten;

    protected HttpCallContext(
        HttpContext httpContext,
        IMethod method,
        Metadata requestHeaders,
        CallCancellation cancellation
    )
    {
        HttpContext = httpContext;
        _method = method;
        RequestHeadersCore = requestHeaders.Freeze();
        _cancellation = cancellation;
    }

    public HttpContext HttpContext { get; }

    /// <summary>Those that somebody added, without making a list for none.</summary>
    public Metadata TrailersAdded => _trailers ?? Metadata.Empty;

    protected override string MethodCore => _method.FullName;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => PeerAddress.Of(HttpContext.Connection);

    protected override DateTime DeadlineCore => _cancellation.Deadline;

    protected override Metadata RequestHeadersCore { get; }

    protected override CancellationToken CancellationTokenCore => _cancellation.Token;

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override IDictionary<object, object> UserStateCore =>
        field ??= new Dictionary<object, object> { [typeof(HttpContext)] = HttpContext };

    protected sealed override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (_areHeadersWritten || HttpContext.Response.HasStarted)
        {
            throw new InvalidOperationException(
                "The response headers have been sent. Write them once, before the first message."
            );
        }
        _areHeadersWritten = true;
        return SendHeadersAsync(responseHeaders);
    }

    protected abstract Task SendHeadersAsync(Metadata headers);
}
