using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server.Connect;
using Grpc.AspNetCore.Server.Web;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>One handler for each content type that a method is served with.</summary>
internal static class MethodRoutes
{
    /// <param name="method">The method.</param>
    /// <param name="handler">Its handler, as a duplex one.</param>
    /// <param name="described">
    /// The method's descriptor; null where its messages are not protobuf, which Connect needs.
    /// </param>
    /// <param name="services">Shared by all calls.</param>
    public static FrozenDictionary<string, RequestDelegate> For<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse> handler,
        MethodDescriptor? described,
        CallServices services
    )
        where TRequest : class
        where TResponse : class
    {
        RequestDelegate Serve(Method<TRequest, TResponse> encoded, StreamProtocol protocol) =>
            new StreamCallHandler<TRequest, TResponse>(encoded, handler, protocol, services).HandleAsync;

        var grpc = Serve(method, new GrpcProtocol());
        var web = Serve(method, new GrpcWebProtocol());
        var webText = Serve(method, new GrpcWebTextProtocol());
        var routes = new Dictionary<string, RequestDelegate>(StringComparer.OrdinalIgnoreCase)
        {
            [GrpcHeaders.ContentType] = grpc,
            [GrpcHeaders.ContentTypeProto] = grpc,
            [GrpcWebProtocol.MediaType] = web,
            [$"{GrpcWebProtocol.MediaType}+proto"] = web,
            [GrpcWebTextProtocol.MediaType] = webText,
            [$"{GrpcWebTextProtocol.MediaType}+proto"] = webText,
        };
        if (described is not null && method.Type != MethodType.Unary)
        {
            var codec = new ConnectCodec<TRequest, TResponse>(
                method,
                described.InputType,
                services.Options.MaxSendMessageSize
            );
            foreach (var encoding in Enum.GetValues<ConnectEncoding>())
            {
                routes[encoding.StreamMediaType()] = Serve(
                    codec.MethodIn(encoding),
                    new ConnectStreamProtocol(encoding)
                );
            }
        }
        return routes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
