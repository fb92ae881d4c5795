using Google.Rpc;
using Grpc.Wire;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The response headers that a page of another origin must see to call over gRPC-Web and Connect.</summary>
public static class GrpcCorsHeaders
{
    private static readonly string[] Names =
    [
        GrpcHeaders.Status,
        GrpcHeaders.Message,
        GrpcHeaders.Encoding,
        GrpcHeaders.AcceptEncoding,
        RpcStatusExtensions.StatusDetailsTrailerName,
    ];

    /// <summary>For a CORS policy's <c>WithExposedHeaders</c>, beside the application's own metadata.</summary>
    public static string[] Exposed => [.. Names];
}
