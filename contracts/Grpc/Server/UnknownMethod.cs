using Grpc.AspNetCore.Server.Connect;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers what no method has claimed: UNIMPLEMENTED to gRPC, 404 to everybody else.</summary>
internal static class UnknownMethod
{
    public static Task HandleAsync(HttpContext http)
    {
        var status = new Status(
            StatusCode.Unimplemented,
            "No such method. The path must be /package.Service/Method, in exactly the case of the .proto file."
        );
        if (!GrpcHeaders.IsGrpc(http.Request.ContentType))
        {
            return new ConnectError(StatusCodes.Status404NotFound, status).WriteAsync(http.Response);
        }

        http.Response.ContentType = GrpcHeaders.ContentType;
        GrpcCallEnd.SetOnlyStatus(http.Response, status, Metadata.Empty);
        return Task.CompletedTask;
    }
}
