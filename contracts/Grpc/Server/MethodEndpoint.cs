using Grpc.AspNetCore.Server.Connect;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grpc.AspNetCore.Server;

/// <summary>One method's endpoint: gives a request to gRPC or to Connect by its content type.</summary>
/// <param name="grpc">Serves the method over gRPC.</param>
/// <param name="connect">Serves it over Connect; null for a streaming method.</param>
internal sealed class MethodEndpoint(RequestDelegate grpc, RequestDelegate? connect)
{
    private const string TypesOfGrpc = $"{GrpcHeaders.ContentType}, {GrpcHeaders.ContentTypeProto}";

    public Task HandleAsync(HttpContext http)
    {
        if (GrpcHeaders.IsGrpc(http.Request.ContentType))
        {
            return HandleGrpcAsync(http);
        }
        if (connect is not null)
        {
            return connect(http);
        }

        http.Response.Headers["Accept-Post"] = TypesOfGrpc;
        return Refuse(
            http,
            StatusCodes.Status415UnsupportedMediaType,
            $"This method is a stream and is served over gRPC only: content-type {TypesOfGrpc}."
        );
    }

    private Task HandleGrpcAsync(HttpContext http)
    {
        if (HttpProtocol.IsHttp11(http.Request.Protocol) || HttpProtocol.IsHttp10(http.Request.Protocol))
        {
            http.Response.Headers[HeaderNames.Upgrade] = "h2c";
            return Refuse(
                http,
                StatusCodes.Status426UpgradeRequired,
                $"gRPC needs HTTP/2, and this request came over {http.Request.Protocol}. Over HTTP/1.1 use Connect."
            );
        }
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers[HeaderNames.Allow] = HttpMethods.Post;
            return Refuse(http, StatusCodes.Status405MethodNotAllowed, "A gRPC call is a POST.");
        }
        return grpc(http);
    }

    private static Task Refuse(HttpContext http, int httpStatus, string detail) =>
        new ConnectError(httpStatus, new Status(StatusCode.Unknown, detail)).WriteAsync(http.Response);
}
