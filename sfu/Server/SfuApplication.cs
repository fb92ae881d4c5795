using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spaces.Sfu.Server.Control;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Telemetry;

namespace Spaces.Sfu.Server;

/// <summary>The process as a list of its parts.</summary>
internal static class SfuApplication
{
    /// <summary>An exit takes at most two seconds: goodbyes half a one, calls in progress the rest.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1.5);

    public static WebApplication Build(SfuOptions options, string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));

        var bootId = Guid.NewGuid().ToString("N");
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new SessionTable(
            options,
            bootId,
            services.GetRequiredService<ILogger<SessionTable>>()
        ));
        builder.Services.AddSingleton(services =>
            MediaSurroundings.Real(options, TimeProvider.System, services.GetRequiredService<ILogger<MediaNode>>())
        );
        builder.Services.AddSingleton<SessionControl>();
        builder.Services.AddSingleton<SfuMetrics>();
        builder.Services.AddHostedService<HeartbeatService>();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<ControlKeyInterceptor>());

        var app = builder.Build();
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<SessionTable>().EndWatches);
        app.MapGrpcService<MediaControlService>();
        HealthEndpoints.Map(app);
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, SfuOptions options)
    {
        // No TLS here: the control network is private. Without ALPN a port can speak only one of the two versions.
        kestrel.Listen(options.ControlAddress, options.ControlPort, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(options.ControlAddress, options.HealthPort, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
