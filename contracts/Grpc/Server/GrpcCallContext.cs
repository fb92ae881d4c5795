using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>A call over gRPC: headers go out when they are written, the status in the trailers.</summary>
internal sealed class GrpcCallContext(
    HttpContext httpContext,
    IMethod method,
    Metadata requestHeaders,
    CallCancellation cancellation
) : HttpCallContext(httpContext, method, requestHeaders, cancellation)
{
    protected override async Task SendHeadersAsync(Metadata headers)
    {
        foreach (var entry in headers.Where(entry => !MetadataHeaders.IsReserved(entry.Key)))
        {
            HttpContext.Response.Headers.Append(entry.Key, MetadataHeaders.Format(entry));
        }
        await HttpContext.Response.BodyWriter.FlushAsync(CancellationToken);
    }
}
