using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The HTTP request that carries a call.</summary>
internal static class CallRequest
{
    private const string UserAgent = "spaces-grpc/1.0";

    public static HttpRequestMessage Create(
        Uri address,
        IMethod method,
        string? host,
        CallOptions options,
        TimeSpan? timeout,
        HttpContent content
    )
    {
        var target = address.GetLeftPart(UriPartial.Path).TrimEnd('/') + method.FullName;
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.EncodingsAccepted);
        content.Headers.TryAddWithoutValidation("content-type", GrpcHeaders.ContentType);
        if (timeout is { } value)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(value));
        }
        foreach (var entry in options.Headers ?? Metadata.Empty)
        {
            if (!MetadataHeaders.IsReserved(entry.Key))
            {
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.Format(entry));
            }
        }
        return request;
    }
}
