using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Puts a server's interceptors before a handler; the first registered sees a call first.</summary>
internal static class InterceptorChain
{
    public static UnaryServerMethod<TRequest, TResponse> Before<TRequest, TResponse>(
        this InterceptorCollection interceptors,
        UnaryServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        interceptors
            .Reverse()
            .Aggregate(
                handler,
                (next, one) => (request, call) => one.Activate(Services(call)).UnaryServerHandler(request, call, next)
            );

    public static ClientStreamingServerMethod<TRequest, TResponse> Before<TRequest, TResponse>(
        this InterceptorCollection interceptors,
        ClientStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        interceptors
            .Reverse()
            .Aggregate(
                handler,
                (next, one) =>
                    (requests, call) => one.Activate(Services(call)).ClientStreamingServerHandler(requests, call, next)
            );

    public static ServerStreamingServerMethod<TRequest, TResponse> Before<TRequest, TResponse>(
        this InterceptorCollection interceptors,
        ServerStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        interceptors
            .Reverse()
            .Aggregate(
                handler,
                (next, one) =>
                    (request, responses, call) =>
                        one.Activate(Services(call)).ServerStreamingServerHandler(request, responses, call, next)
            );

    public static DuplexStreamingServerMethod<TRequest, TResponse> Before<TRequest, TResponse>(
        this InterceptorCollection interceptors,
        DuplexStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        interceptors
            .Reverse()
            .Aggregate(
                handler,
                (next, one) =>
                    (requests, responses, call) =>
                        one.Activate(Services(call)).DuplexStreamingServerHandler(requests, responses, call, next)
            );

    private static IServiceProvider Services(ServerCallContext call) => call.GetHttpContext().RequestServices;
}
