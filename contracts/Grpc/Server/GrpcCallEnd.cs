using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// Ends a gRPC call: status and trailers go last, or as headers where nothing went before (trailers-only).
/// </summary>
internal static class GrpcCallEnd
{
    /// <summary>The status of a call that never had a message or a header.</summary>
    public static void SetOnlyStatus(HttpResponse response, Status status, Metadata trailers) =>
        SetStatus(response.Headers, status, trailers);

    /// <summary>The status behind headers and messages.</summary>
    public static void SetTrailers(HttpResponse response, Status status, Metadata trailers) =>
        SetStatus(
            response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers,
            status,
            trailers
        );

    private static void SetStatus(IHeaderDictionary destination, Status status, Metadata trailers)
    {
        destination[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            destination[GrpcHeaders.Message] = StatusText.Encode(status.Detail);
        }
        for (var i = 0; i < trailers.Count; i++)
        {
            if (!MetadataHeaders.IsReserved(trailers[i].Key))
            {
                destination.Append(trailers[i].Key, MetadataHeaders.Format(trailers[i]));
            }
        }
    }
}
