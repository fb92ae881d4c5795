using System.Buffers;
using System.Buffers.Text;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server.Connect;

/// <summary>What a Connect request's method, headers and query say, checked before its body is read.</summary>
/// <param name="Encoding">Of the request and of the response.</param>
/// <param name="Timeout">How long the client will wait; null for as long as it takes.</param>
/// <param name="IsGzip">Whether the body is gzip.</param>
/// <param name="AcceptsGzip">Whether the response may be gzip.</param>
/// <param name="Metadata">What the client sent along.</param>
internal sealed record ConnectRequest(
    ConnectEncoding Encoding,
    TimeSpan? Timeout,
    bool IsGzip,
    bool AcceptsGzip,
    Metadata Metadata
)
{
    /// <param name="http">The request.</param>
    /// <param name="allowsGet">Whether the method has no side effects and so answers GET.</param>
    /// <exception cref="ConnectRefusal">The request is wrong; the text says how.</exception>
    public static ConnectRequest Parse(HttpContext http, bool allowsGet)
    {
        var request = http.Request;
        var isGet = HttpMethods.IsGet(request.Method);
        if (!HttpMethods.IsPost(request.Method) && !(isGet && allowsGet))
        {
            http.Response.Headers.Allow = allowsGet ? "GET, POST" : "POST";
            throw Refused(
                StatusCodes.Status405MethodNotAllowed,
                StatusCode.Unknown,
                $"{request.Method} is not possible here. Use {http.Response.Headers.Allow}."
            );
        }

        var encoding = isGet ? EncodingOfQuery(request.Query["encoding"]) : EncodingOfBody(http);
        ConnectHeaders.CheckVersion(
            isGet ? WithoutPrefix(request.Query["connect"]) : request.Headers[ConnectHeaders.Version]
        );
        var compression = isGet ? request.Query["compression"] : request.Headers.ContentEncoding;
        return new ConnectRequest(
            encoding,
            ConnectHeaders.ParseTimeout(request.Headers[ConnectHeaders.Timeout]),
            ConnectHeaders.NamesGzip(compression.ToString()),
            GrpcHeaders.AcceptsGzip(request.Headers.AcceptEncoding),
            ReadMetadata(request.Headers)
        );
    }

    /// <summary>The message in a GET's query.</summary>
    /// <exception cref="ConnectRefusal">It is missing or no base64.</exception>
    public static ReadOnlySequence<byte> MessageOf(IQueryCollection query)
    {
        if (!query.TryGetValue("message", out var text))
        {
            throw Refused("The query has no 'message'. For an empty one in JSON write message={}.");
        }
        var message = System.Text.Encoding.UTF8.GetBytes(text.ToString());
        if (query["base64"] != "1")
        {
            return new ReadOnlySequence<byte>(message);
        }
        try
        {
            return new ReadOnlySequence<byte>(Base64Url.DecodeFromUtf8(message));
        }
        catch (FormatException exception)
        {
            throw new ConnectRefusal(
                Error("The query's 'message' is not URL-safe base64, as base64=1 says."),
                exception
            );
        }
    }

    private static ConnectEncoding EncodingOfBody(HttpContext http)
    {
        if (ConnectEncodings.FromContentType(http.Request.ContentType) is { } encoding)
        {
            return encoding;
        }
        http.Response.Headers["Accept-Post"] = $"{ConnectEncodings.MediaTypes}, {GrpcHeaders.ContentType}";
        throw Refused(
            StatusCodes.Status415UnsupportedMediaType,
            StatusCode.Unknown,
            $"The content-type '{http.Request.ContentType}' is not served here. Use one of "
                + $"{http.Response.Headers["Accept-Post"]}."
        );
    }

    private static ConnectEncoding EncodingOfQuery(StringValues name) =>
        ConnectEncodings.FromQuery(name)
        ?? throw Refused(
            StatusCodes.Status415UnsupportedMediaType,
            StatusCode.Unknown,
            "The query's 'encoding' must be json or proto."
        );

    /// <summary>A query says <c>connect=v1</c> where a header says <c>1</c>.</summary>
    private static StringValues WithoutPrefix(StringValues version) => version.ToString().TrimStart('v');

    private static Metadata ReadMetadata(IHeaderDictionary headers)
    {
        try
        {
            return GrpcRequest.ReadMetadata(headers);
        }
        catch (RpcException exception)
        {
            throw new ConnectRefusal(Error(exception.Status.Detail), exception);
        }
    }

    private static ConnectError Error(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    private static ConnectRefusal Refused(string detail) => new(Error(detail));

    private static ConnectRefusal Refused(int httpStatus, StatusCode code, string detail) =>
        new(new ConnectError(httpStatus, new Status(code, detail)));
}
