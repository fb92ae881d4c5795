using System.Collections.Frozen;
using Grpc.AspNetCore.Server.Connect;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grpc.AspNetCore.Server;

/// <summary>One method's endpoint: gives a request to gRPC, gRPC-Web or Connect by its content type.</summary>
/// <param name="type">The method's kind.</param>
/// <param name="routes">A handler for each content type of framed messages.</param>
/// <param name="connect">Serves single messages over Connect; null for a streaming method.</param>
internal sealed class MethodEndpoint(
    MethodType type,
    FrozenDictionary<string, RequestDelegate> routes,
    RequestDelegate? connect
)
{
    private readonly FrozenDictionary<string, RequestDelegate>.AlternateLookup<ReadOnlySpan<char>> _routes =
        routes.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string _types = string.Join(", ", routes.Keys.Order(StringComparer.Ordinal));

    public Task HandleAsync(HttpContext http)
    {
        if (_routes.TryGetValue(GrpcHeaders.MediaTypeOf(http.Request.ContentType), out var serve))
        {
            return HandleStreamAsync(http, serve);
        }
        if (connect is not null)
        {
            return connect(http);
        }

        http.Response.Headers["Accept-Post"] = _types;
        return Refuse(
            http,
            StatusCodes.Status415UnsupportedMediaType,
            $"This method is a stream; the content-type must be one of {_types}."
        );
    }

    private Task HandleStreamAsync(HttpContext http, RequestDelegate serve)
    {
        var isHttp1 = HttpProtocol.IsHttp11(http.Request.Protocol) || HttpProtocol.IsHttp10(http.Request.Protocol);
        if (isHttp1 && GrpcHeaders.IsGrpc(http.Request.ContentType))
        {
            http.Response.Headers[HeaderNames.Upgrade] = "h2c";
            return Refuse(
                http,
                StatusCodes.Status426UpgradeRequired,
                $"gRPC needs HTTP/2, and this request came over {http.Request.Protocol}. "
                    + "Over HTTP/1.1 use Connect or gRPC-Web."
            );
        }
        if (isHttp1 && type == MethodType.DuplexStreaming)
        {
            return Refuse(
                http,
                StatusCodes.Status505HttpVersionNotsupported,
                "A stream in both directions needs HTTP/2."
            );
        }
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers[HeaderNames.Allow] = HttpMethods.Post;
            return Refuse(http, StatusCodes.Status405MethodNotAllowed, "A call with this content-type is a POST.");
        }
        return serve(http);
    }

    private static Task Refuse(HttpContext http, int httpStatus, string detail) =>
        new ConnectError(httpStatus, new Status(StatusCode.Unknown, detail)).WriteAsync(http.Response);
}
