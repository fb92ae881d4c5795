using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The HTTP request that carries a call.</summary>
internal static class CallRequest
{
    private const string UserAgent = "spaces-grpc/1.0";
    private const string PreviousAttempts = "grpc-previous-rpc-attempts";

    /// <param name="address">Of the server; a path in it goes before that of the method.</param>
    /// <param name="call">What every attempt of the call has in common.</param>
    /// <param name="previousAttempts">How often the call was tried before.</param>
    /// <param name="content">The requests.</param>
    public static HttpRequestMessage Create(Uri address, CallShape call, int previousAttempts, HttpContent content)
    {
        var target = address.GetLeftPart(UriPartial.Path).TrimEnd('/') + call.Method.FullName;
        var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Host = call.Host;
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.EncodingsAccepted);
        content.Headers.TryAddWithoutValidation("content-type", GrpcHeaders.ContentType);
        if (call.IsGzip)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Encoding, GrpcHeaders.Gzip);
        }
        if (call.Timeout is { } timeout)
        {
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(timeout));
        }
        if (previousAttempts > 0)
        {
            request.Headers.TryAddWithoutValidation(PreviousAttempts, $"{previousAttempts}");
        }
        foreach (var entry in call.Headers)
        {
            if (!MetadataHeaders.IsReserved(entry.Key) && entry.Key != CallHeaders.RequestCompression)
            {
                request.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.Format(entry));
            }
        }
        return request;
    }
}

/// <summary>What every attempt of a call has in common.</summary>
/// <param name="Method">What is called.</param>
/// <param name="Host">The authority to ask for, where it is not the address's.</param>
/// <param name="Deadline">In UTC; null for none.</param>
/// <param name="Headers">The metadata to send.</param>
/// <param name="IsGzip">Whether requests may be compressed.</param>
internal sealed record CallShape(IMethod Method, string? Host, DateTime? Deadline, Metadata Headers, bool IsGzip)
{
    /// <summary>How long the call may take from now on.</summary>
    public TimeSpan? Timeout => Deadline is { } deadline ? deadline - DateTime.UtcNow : null;
}
