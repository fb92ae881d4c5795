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
    /// <summary>Of a unary method, whose Connect has an endpoint of its own.</summary>
    public static FrozenDictionary<string, RequestDelegate> For<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse> handler,
        CallServices services
    )
        where TRequest : class
        where TResponse : class =>
        Framed(protocol => new UnaryCallHandler<TRequest, TResponse>(method, handler, protocol, services).HandleAsync);

    /// <summary>Of a streaming method.</summary>
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

        var routes = Framed(protocol => Serve(method, protocol)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        if (described is not null)
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

    private static FrozenDictionary<string, RequestDelegate> Framed(Func<StreamProtocol, RequestDelegate> serve)
    {
        var grpc = serve(new GrpcProtocol());
        var web = serve(new GrpcWebProtocol());
        var webText = serve(new GrpcWebTextProtocol());
        return new Dictionary<string, RequestDelegate>
        {
            [GrpcHeaders.ContentType] = grpc,
            [GrpcHeaders.ContentTypeProto] = grpc,
            [GrpcWebProtocol.MediaType] = web,
            [$"{GrpcWebProtocol.MediaType}+proto"] = web,
            [GrpcWebTextProtocol.MediaType] = webText,
            [$"{GrpcWebTextProtocol.MediaType}+proto"] = webText,
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
