using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>A call over Connect: headers, message and trailers go out together when the handler has returned.</summary>
internal sealed class ConnectCallContext(
    HttpContext httpContext,
    IMethod method,
    Metadata requestHeaders,
    CallCancellation cancellation
) : HttpCallContext(httpContext, method, requestHeaders, cancellation)
{
    private const string TrailerPrefix = "trailer-";

    private Metadata _headers = Metadata.Empty;

    /// <summary>
    /// Puts metadata into the response's headers; trailers get a prefix, since HTTP/1.1 has none to speak of.
    /// </summary>
    public void Apply(Metadata trailers)
    {
        Apply("", _headers);
        Apply(TrailerPrefix, trailers);
    }

    protected override Task SendHeadersAsync(Metadata headers)
    {
        _headers = headers;
        return Task.CompletedTask;
    }

    private void Apply(string prefix, Metadata metadata)
    {
        foreach (var entry in metadata.Where(ConnectHeaders.IsSent))
        {
            HttpContext.Response.Headers.Append(prefix + entry.Key, MetadataHeaders.Format(entry));
        }
    }
}
