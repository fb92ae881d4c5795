using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>What a gRPC request's headers say, checked before anything else happens.</summary>
/// <param name="Metadata">What the client sent along.</param>
/// <param name="Timeout">How long the client will wait; null for as long as it takes.</param>
/// <param name="IsGzip">Whether messages marked as compressed are gzip.</param>
/// <param name="AcceptsGzip">Whether responses may be gzip.</param>
internal sealed record GrpcRequest(Metadata Metadata, TimeSpan? Timeout, bool IsGzip, bool AcceptsGzip)
{
    /// <exception cref="RpcException">A header is wrong; the status says which.</exception>
    public static GrpcRequest Parse(IHeaderDictionary headers)
    {
        TimeSpan? timeout = null;
        if (headers.TryGetValue(GrpcHeaders.Timeout, out var text))
        {
            timeout = GrpcTimeout.TryParse(text.ToString(), out var parsed)
                ? parsed
                : throw Refused(
                    StatusCode.Internal,
                    "grpc-timeout must be 1 to 8 digits and one of the units H, M, S, m, u and n."
                );
        }
        return new GrpcRequest(
            ReadMetadata(headers),
            timeout,
            NamesGzip(headers[GrpcHeaders.Encoding].ToString()),
            GrpcHeaders.AcceptsGzip(headers[GrpcHeaders.AcceptEncoding])
        );
    }

    /// <exception cref="RpcException">A <c>-bin</c> header is not base64.</exception>
    public static Metadata ReadMetadata(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                if (!MetadataHeaders.TryAdd(metadata, name, value ?? ""))
                {
                    throw Refused(StatusCode.Internal, $"The metadata '{name}' is not base64, as its -bin says.");
                }
            }
        }
        return metadata;
    }

    private static bool NamesGzip(string encoding) =>
        encoding switch
        {
            "" or GrpcHeaders.Identity => false,
            GrpcHeaders.Gzip => true,
            _ => throw Refused(
                StatusCode.Unimplemented,
                $"The grpc-encoding '{encoding}' is not known here. Use one of {GrpcHeaders.EncodingsAccepted}."
            ),
        };

    private static RpcException Refused(StatusCode code, string detail) => new(new Status(code, detail));
}
