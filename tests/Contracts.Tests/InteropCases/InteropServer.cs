using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>Our server with the interoperability service on it.</summary>
internal static class InteropServer
{
    public static Task<EchoServer> StartAsync() =>
        EchoServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip", map: Map);

    private static void Map(WebApplication app)
    {
        app.Use(
            (http, next) =>
            {
                var compressed = new ConcurrentQueue<bool>();
                http.Items[InteropHandler.CompressedItem] = compressed;
                http.Request.Body = new FrameWitness(http.Request.Body, compressed);
                return next(http);
            }
        );
        app.MapGrpcService<InteropHandler>();
    }
}
