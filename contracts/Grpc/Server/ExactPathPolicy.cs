using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Grpc.AspNetCore.Server;

/// <summary>Takes a method's endpoint out of the choice unless the request's target is its exact name.</summary>
/// <remarks>
/// Routing alone ignores case and a trailing slash and decodes percent signs, so that one method would have many
/// names and an
/// authorization rule written for one of them could be passed by. It decides before authorization and before any
/// handler.
/// </remarks>
internal sealed class ExactPathPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint =>
            endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null
            || endpoint.Metadata.GetMetadata<UnknownMethodMetadata>() is not null
        );

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var isGrpc = GrpcHeaders.IsGrpc(httpContext.Request.ContentType);
        var path = PathOf(httpContext, isGrpc);
        for (var i = 0; i < candidates.Count; i++)
        {
            var metadata = candidates[i].Endpoint?.Metadata;
            var isAnotherMethod =
                metadata?.GetMetadata<GrpcMethodMetadata>() is { } named && named.Method.FullName != path;
            var isNoGrpc = metadata?.GetMetadata<UnknownMethodMetadata>() is { IsForGrpcOnly: true } && !isGrpc;
            if (isAnotherMethod || isNoGrpc)
            {
                candidates.SetValidity(i, value: false);
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>The target as the client wrote it; only gRPC knows no query.</summary>
    private static string PathOf(HttpContext httpContext, bool isGrpc)
    {
        var target = httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return isGrpc || query < 0 ? target : target[..query];
    }
}
