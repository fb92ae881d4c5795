using Google.Rpc;
using Grpc.Wire;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The response headers that a page of another origin must see to call over gRPC-Web and Connect.</summary>
public static class GrpcCorsHeaders
{
    private const string Pushback = "grpc-retry-pushback-ms";
    private const string TrailerPrefix = "trailer-";

    private static readonly string[] Names =
    [
        GrpcHeaders.Status,
        GrpcHeaders.Message,
        GrpcHeaders.Encoding,
        GrpcHeaders.AcceptEncoding,
        RpcStatusExtensions.StatusDetailsTrailerName,
        Pushback,
        TrailerPrefix + Pushback,
    ];

    /// <summary>For a CORS policy's <c>WithExposedHeaders</c>, beside the application's own metadata.</summary>
    public static string[] Exposed => [.. Names];

    /// <summary>The same and the application's metadata, as headers and as Connect's trailers.</summary>
    public static string[] ExposedWith(params string[] metadata) =>
        [.. Names, .. metadata, .. metadata.Select(key => TrailerPrefix + key)];
}
