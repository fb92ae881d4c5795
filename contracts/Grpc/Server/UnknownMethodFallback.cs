using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>Maps the answer to unknown methods: once for all of gRPC, and once for every service.</summary>
/// <remarks>A singleton of the container; an application maps its endpoints from one thread.</remarks>
internal sealed class UnknownMethodFallback
{
    private const int AfterOtherRoutes = int.MaxValue - 1; // but before a single-page application's catch-all

    private readonly HashSet<string> _mapped = [];

    public void Map(IEndpointRouteBuilder routes, string serviceName)
    {
        Map(routes, "/{**path}", new UnknownMethodMetadata(IsForGrpcOnly: true));
        Map(routes, $"/{serviceName}/{{**method}}", new UnknownMethodMetadata(IsForGrpcOnly: false));
    }

    private void Map(IEndpointRouteBuilder routes, string pattern, UnknownMethodMetadata metadata)
    {
        if (_mapped.Add(pattern))
        {
            routes
                .Map(pattern, UnknownMethod.HandleAsync)
                .WithMetadata(metadata)
                .WithDisplayName($"gRPC: unknown method ({pattern})")
                .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = AfterOtherRoutes);
        }
    }
}
