using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves a gRPC service's methods, each at its exact path.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps every method of <typeparamref name="TService"/>, for gRPC, gRPC-Web and Connect.
    /// </summary>
    /// <remarks>
    /// One instance serves one call; it is the container's own where <typeparamref name="TService"/> is registered.
    /// </remarks>
    /// <exception cref="InvalidOperationException">AddGrpc was not called, or the type is no gRPC service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        var services = builder.ServiceProvider;
        var fallback =
            services.GetService<UnknownMethodFallback>()
            ?? throw new InvalidOperationException("gRPC is not set up. Call services.AddGrpc() first.");
        var (generated, attribute) = GeneratedService.BaseOf(typeof(TService));

        var binder = new ServiceBinder<TService>(
            builder,
            GeneratedService.DescriptorOf(typeof(TService)),
            new CallServices(
                OptionsOf<TService>(services),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<StreamShutdown>(),
                services.GetRequiredService<ILogger<GrpcServiceOptions>>()
            )
        );
        var bind = attribute.BindType.GetMethod(
            attribute.BindMethodName,
            BindingFlags.Public | BindingFlags.Static,
            [typeof(ServiceBinderBase), generated]
        );
        bind!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [binder, null], null);
        fallback.Map(builder, binder.ServiceName);
        return new GrpcServiceEndpointConventionBuilder(binder.Endpoints);
    }

    private static GrpcServiceOptions OptionsOf<TService>(IServiceProvider services)
        where TService : class =>
        services.GetService<IConfigureOptions<GrpcServiceOptions<TService>>>() is null
            ? services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value
            : services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value;
}
