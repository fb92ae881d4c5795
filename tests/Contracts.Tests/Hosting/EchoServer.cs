using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Spaces.Contracts.Tests.Hosting;

/// <summary>A real server on free ports of loopback: HTTP/2 alone, HTTP/1.1 alone, and TLS with both.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;

    private EchoServer(WebApplication app, X509Certificate2? certificate)
    {
        _app = app;
        _certificate = certificate;
    }

    public IServiceProvider Services => _app.Services;

    public EchoProbe Probe => _app.Services.GetRequiredService<EchoProbe>();

    /// <summary>As <c>http://127.0.0.1:port</c>; HTTP/2 by prior knowledge.</summary>
    public Uri Http2Address => Addresses[0];

    public Uri Http1Address => Addresses[1];

    /// <summary>Only where the server was started with TLS.</summary>
    public Uri TlsAddress => Addresses[2];

    private Uri[] Addresses =>
        [
            .. _app
                .Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.Select(address => new Uri(address)),
        ];

    public static async Task<EchoServer> StartAsync(
        Action<GrpcServiceOptions>? configure = null,
        X509Certificate2? certificate = null,
        Action<WebApplication>? map = null,
        int port = 0
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<EchoProbe>();
        builder.Services.AddGrpc(configure ?? (_ => { }));
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        builder.Services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .AllowAnyOrigin()
                    .AllowAnyHeader()
                    .AllowAnyMethod()
                    .WithExposedHeaders(GrpcCorsHeaders.ExposedWith("x-why", "x-echo-text", "x-echo-trailer-text"))
            )
        );
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            if (certificate is not null)
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
            }
        });
        var app = builder.Build();
        app.UseCors();
        app.MapGrpcService<EchoHandler>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.MapFallback(() => Results.Text("<html>", "text/html"));
        map?.Invoke(app);
        await app.StartAsync();
        return new EchoServer(app, certificate);
    }

    public GrpcChannel Channel(GrpcChannelOptions? options = null) =>
        GrpcChannel.ForAddress(Http2Address, options ?? new GrpcChannelOptions());

    /// <summary>Stops as a process does that is asked to.</summary>
    public Task StopGracefullyAsync() => _app.StopAsync();

    public Task StopAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _certificate?.Dispose();
    }
}
