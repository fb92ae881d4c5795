using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves a gRPC service's methods, each at its exact path.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps every method of <typeparamref name="TService"/>, for gRPC and (unary methods) for Connect.</summary>
    /// <remarks>One instance serves one call; it is the container's own where <typeparamref name="TService"/> is registered.</remarks>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class => throw new NotSupportedException($"{builder.GetType()} {typeof(TService)}");
}
