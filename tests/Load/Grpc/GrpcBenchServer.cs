using System.Buffers;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spaces.Load.V1;

namespace Spaces.Load.Grpc;

/// <summary>The gRPC runtime, and beside it a bare endpoint that answers with the same bytes.</summary>
internal sealed class GrpcBenchServer(WebApplication app) : IAsyncDisposable
{
    public const string EchoPath = "/spaces.load.v1.BenchService/Echo";
    public const string BarePath = "/bare";

    public Uri Address =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<GrpcBenchServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        var app = builder.Build();
        app.MapGrpcService<BenchHandler>();
        app.MapPost(BarePath, AnswerBareAsync);
        await app.StartAsync();
        return new GrpcBenchServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    /// <summary>What any server must do at least: read to the end; send headers, bytes and trailers.</summary>
    private static async Task AnswerBareAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        while (true)
        {
            var result = await http.Request.BodyReader.ReadAsync();
            if (result.IsCompleted)
            {
                foreach (var segment in result.Buffer)
                {
                    http.Response.BodyWriter.Write(segment.Span);
                }
                http.Request.BodyReader.AdvanceTo(result.Buffer.End);
                break;
            }
            http.Request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private sealed class BenchHandler : BenchService.BenchServiceBase
    {
        public override Task<BenchMessage> Echo(BenchMessage request, ServerCallContext context) =>
            Task.FromResult(request);

        public override async Task Flow(
            BenchMessage request,
            IServerStreamWriter<BenchMessage> responseStream,
            ServerCallContext context
        )
        {
            while (!context.CancellationToken.IsCancellationRequested)
            {
                await responseStream.WriteAsync(request);
            }
        }
    }
}
