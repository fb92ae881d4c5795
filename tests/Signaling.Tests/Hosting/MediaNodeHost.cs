using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>Serves a <see cref="MediaNode"/> on a port of its own; it can die and come back on the same one.</summary>
internal sealed class MediaNodeHost : IAsyncDisposable
{
    private WebApplication? _app;

    public MediaNode Node { get; } = new();

    public int Port { get; private set; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public static async Task<MediaNodeHost> StartAsync()
    {
        var host = new MediaNodeHost();
        await host.ComeBackAsync();
        return host;
    }

    /// <summary>Breaks every stream and stops listening, all at once.</summary>
    public async Task DieAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app!.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, Port, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Node);
        _app = builder.Build();
        _app.MapGrpcService<MediaNode>();
        await _app.StartAsync();
        Port = new Uri(_app.Urls.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await DieAsync();
        }
    }
}
