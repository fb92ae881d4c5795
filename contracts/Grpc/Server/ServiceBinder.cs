using System.Collections.Frozen;
using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server.Connect;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// Turns each method that generated code names into an endpoint that calls <typeparamref name="TService"/>.
/// </summary>
/// <remarks>
/// Handlers are open delegates: an instance is made for each call, after the interceptors have let it pass.
/// </remarks>
internal sealed class ServiceBinder<TService>(
    IEndpointRouteBuilder routes,
    ServiceDescriptor? descriptor,
    CallServices services
) : ServiceBinderBase
    where TService : class
{
    private delegate Task<TResponse> Unary<TRequest, TResponse>(
        TService service,
        TRequest request,
        ServerCallContext call
    );

    private delegate Task<TResponse> ClientStreaming<TRequest, TResponse>(
        TService service,
        IAsyncStreamReader<TRequest> requests,
        ServerCallContext call
    );

    private delegate Task ServerStreaming<TRequest, TResponse>(
        TService service,
        TRequest request,
        IServerStreamWriter<TResponse> responses,
        ServerCallContext call
    );

    private delegate Task DuplexStreaming<TRequest, TResponse>(
        TService service,
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        ServerCallContext call
    );

    public List<IEndpointConventionBuilder> Endpoints { get; } = [];

    public string ServiceName { get; private set; } = "";

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<Unary<TRequest, TResponse>>(method);
        var unary = services.Options.Interceptors.Before<TRequest, TResponse>(
            (request, call) =>
            {
                var service = InstanceFor(call);
                return service.NeedsDisposal
                    ? InvokeAndDisposeAsync(service, request, call)
                    : invoke(service.Value, request, call);
            }
        );
        Map(method, MethodRoutes.For(method, unary, services), ConnectFor(method, unary));

        async Task<TResponse> InvokeAndDisposeAsync(
            ServiceInstance<TService> service,
            TRequest request,
            ServerCallContext call
        )
        {
            await using (service)
            {
                return await invoke(service.Value, request, call);
            }
        }
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<ClientStreaming<TRequest, TResponse>>(method);
        var streaming = services.Options.Interceptors.Before<TRequest, TResponse>(
            async (requests, call) =>
            {
                await using var service = InstanceFor(call);
                return await invoke(service.Value, requests, call);
            }
        );
        Map(method, MethodRoutes.For(method, SingleMessage.AsDuplex(streaming), Describe(method), services));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<ServerStreaming<TRequest, TResponse>>(method);
        var streaming = services.Options.Interceptors.Before<TRequest, TResponse>(
            async (request, responses, call) =>
            {
                await using var service = InstanceFor(call);
                await invoke(service.Value, request, responses, call);
            }
        );
        Map(method, MethodRoutes.For(method, SingleMessage.AsDuplex(streaming), Describe(method), services));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<DuplexStreaming<TRequest, TResponse>>(method);
        var streaming = services.Options.Interceptors.Before<TRequest, TResponse>(
            async (requests, responses, call) =>
            {
                await using var service = InstanceFor(call);
                await invoke(service.Value, requests, responses, call);
            }
        );
        Map(method, MethodRoutes.For(method, streaming, Describe(method), services));
    }

    /// <summary>Null for a service whose messages are not protobuf: Connect needs to know their fields.</summary>
    private RequestDelegate? ConnectFor<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        Describe(method) is { } described
            ? new ConnectUnaryHandler<TRequest, TResponse>(method, handler, described, services).HandleAsync
            : null;

    private MethodDescriptor? Describe(IMethod method) => descriptor?.FindMethodByName(method.Name);

    private static ServiceInstance<TService> InstanceFor(ServerCallContext call) =>
        new(call.GetHttpContext().RequestServices);

    /// <summary>The service's own method behind a generated one, as a delegate without an instance.</summary>
    private static THandler Find<THandler>(IMethod method)
        where THandler : Delegate
    {
        var parameters = typeof(THandler).GetMethod("Invoke")!.GetParameters();
        var found = typeof(TService).GetMethod(
            method.Name,
            BindingFlags.Public | BindingFlags.Instance,
            [.. parameters.Skip(1).Select(parameter => parameter.ParameterType)]
        );
        return found?.CreateDelegate<THandler>()
            ?? throw new InvalidOperationException($"{typeof(TService)} has no public method for {method.FullName}.");
    }

    private void Map<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        FrozenDictionary<string, RequestDelegate> served,
        RequestDelegate? connect = null
    )
        where TRequest : class
        where TResponse : class
    {
        var endpoint = routes
            .Map(method.FullName, new MethodEndpoint(method.Type, served, connect).HandleAsync)
            .WithMetadata([.. typeof(TService).GetCustomAttributes(inherit: true)])
            .WithMetadata(new GrpcMethodMetadata(typeof(TService), method))
            .WithDisplayName($"gRPC: {method.FullName}");
        Endpoints.Add(endpoint);
        ServiceName = method.ServiceName;
    }
}
