using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// Reads how a call ended: from its trailers, from an HTTP error, or from the way the connection failed.
/// </summary>
internal static class CallStatus
{
    // RFC 9113 section 7
    private const long NoError = 0x0;
    private const long RefusedStream = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xb;
    private const long InadequateSecurity = 0xc;

    /// <summary>Null where there is no <c>grpc-status</c> among the headers or trailers.</summary>
    public static Status? Read(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeaders.Status, out var code))
        {
            return null;
        }

        var isKnown =
            int.TryParse(code.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Enum.IsDefined((StatusCode)number);
        var detail = headers.NonValidated.TryGetValues(GrpcHeaders.Message, out var message)
            ? StatusText.Decode(message.ToString())
            : "";
        return new Status(isKnown ? (StatusCode)number : StatusCode.Unknown, detail);
    }

    /// <exception cref="RpcException">A <c>-bin</c> header is not base64.</exception>
    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (!MetadataHeaders.TryAdd(metadata, name, value))
                {
                    throw new RpcException(
                        new Status(
                            StatusCode.Internal,
                            $"The server's metadata '{name}' is not base64, as its -bin says."
                        )
                    );
                }
            }
        }
        return metadata.Freeze();
    }

    /// <summary>
    /// What is wrong with a response that has no <c>grpc-status</c> in its headers; null where nothing is.
    /// </summary>
    public static Status? CheckHeaders(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var detail = $"The server answered with HTTP status {(int)response.StatusCode} and no gRPC status.";
            return new Status(OfHttp(response.StatusCode), detail);
        }

        var contentType = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values)
            ? values.ToString()
            : "";
        return GrpcHeaders.IsGrpc(contentType)
            ? null
            : new Status(
                StatusCode.Unknown,
                $"The server answered with the content-type '{contentType}', not with gRPC."
            );
    }

    /// <summary>
    /// A connection that cannot be made or breaks is UNAVAILABLE; an HTTP/2 error has its own meaning.
    /// </summary>
    public static Status OfFailure(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            return rpc.Status;
        }
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return new Status(OfHttp2(protocol.ErrorCode), $"The stream was reset: {protocol.Message}", exception);
            }
        }
        return exception is HttpRequestException or IOException
            ? new Status(StatusCode.Unavailable, $"The connection failed: {exception.Message}", exception)
            : new Status(StatusCode.Internal, $"The call failed: {exception.Message}", exception);
    }

    private static StatusCode OfHttp2(long errorCode) =>
        errorCode switch
        {
            // HttpClient also says so of a connection that the server has closed after its GOAWAY.
            NoError or RefusedStream => StatusCode.Unavailable,
            Cancel => StatusCode.Cancelled,
            EnhanceYourCalm => StatusCode.ResourceExhausted,
            InadequateSecurity => StatusCode.PermissionDenied,
            _ => StatusCode.Internal,
        };

#pragma warning disable IDE0072 // Five statuses have a meaning for gRPC; the protocol makes all others UNKNOWN.
    private static StatusCode OfHttp(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
#pragma warning restore IDE0072
}
