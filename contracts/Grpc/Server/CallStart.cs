using System.IO.Compression;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>What comes before any handler, whatever the method's kind.</summary>
internal static class CallStart
{
    /// <summary>Reads the request's headers, sets the response's, and lifts limits that are not for messages.</summary>
    /// <returns>Null where the call was refused, and the refusal is written.</returns>
    public static GrpcRequest? TryRead(HttpContext http, StreamProtocol protocol, IMethod method, CallServices services)
    {
        http.Response.ContentType = protocol.ContentType;
        http.Response.Headers[protocol.AcceptEncodingHeader] = GrpcHeaders.EncodingsAccepted;
        try
        {
            var request = protocol.Parse(http.Request.Headers);
            LiftStreamLimits(http, method.Type);
            if (GzipLevelFor(request, services.Options) is not null)
            {
                http.Response.Headers[protocol.EncodingHeader] = GrpcHeaders.Gzip;
            }
            return request;
        }
        catch (RpcException refusal)
        {
            GrpcServerLog.CallRefused(services.Logger, method.FullName, refusal.StatusCode);
            protocol.SetEnd(http.Response, hasWritten: false, new CallOutcome(refusal.Status, refusal.Trailers));
            return null;
        }
    }

    /// <summary>Null where responses go as they are.</summary>
    public static CompressionLevel? GzipLevelFor(GrpcRequest request, GrpcServiceOptions options) =>
        request.AcceptsGzip && options.ResponseCompressionAlgorithm == GrpcHeaders.Gzip
            ? options.ResponseCompressionLevel ?? CompressionLevel.Fastest
            : null;

    /// <summary>A stream of requests may be as long and as slow as it likes; each message has its own limit.</summary>
    private static void LiftStreamLimits(HttpContext http, MethodType type)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }
        if (
            type is MethodType.ClientStreaming or MethodType.DuplexStreaming
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } dataRate
        )
        {
            dataRate.MinDataRate = null;
        }
    }
}
