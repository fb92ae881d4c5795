using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Ends a gRPC call: status and trailers, as headers where no header has been sent (trailers-only).</summary>
internal static class GrpcCallEnd
{
    public static void SetStatus(HttpResponse response, Status status, Metadata trailers)
    {
        var destination = response.HasStarted
            ? response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : response.Headers;

        destination[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            destination[GrpcHeaders.Message] = StatusText.Encode(status.Detail);
        }
        foreach (var entry in trailers.Where(entry => !MetadataHeaders.IsReserved(entry.Key)))
        {
            destination.Append(entry.Key, MetadataHeaders.Format(entry));
        }
    }
}
