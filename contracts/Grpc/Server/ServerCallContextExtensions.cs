using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>The way from a call to the HTTP request that carries it.</summary>
public static class ServerCallContextExtensions
{
    /// <exception cref="InvalidOperationException">The context is not one of this server's, as in a unit
    /// test.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
        serverCallContext is HttpCallContext ours ? ours.HttpContext
        : serverCallContext.UserState.TryGetValue(typeof(HttpContext), out var value)
        && value is HttpContext httpContext
            ? httpContext
        : throw new InvalidOperationException($"{serverCallContext.GetType().Name} has no HttpContext.");
}
