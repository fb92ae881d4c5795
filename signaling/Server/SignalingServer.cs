using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Http;
using Spaces.Signaling.Server.Invitations;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;
using Spaces.Signaling.Server.Safety;
using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Server.Stores;
using Spaces.Signaling.Server.Webhooks;
using Spaces.Signaling.Server.WebSockets;

namespace Spaces.Signaling.Server;

/// <summary>Puts the process together: the same for <c>Program</c> and for tests.</summary>
internal static class SignalingServer
{
    private const int BodyLengthMax = 256 * 1024;
    private const int MessageLengthMax = MessageCodec.MessageLengthMax;

    /// <summary>Of answers to WHIP and to Connect, for pages of the origins that are allowed.</summary>
    private static readonly string[] HeadersExposed =
    [
        "Location",
        "ETag",
        "Link",
        "Accept-Post",
        "Accept-Patch",
        "Retry-After",
    ];

    /// <summary>A page of another origin asks once in this time whether it may call.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A connection's first bytes, and a request's headers, must be there within this, however slowly they drip.
    /// Kestrel takes up to two seconds to see it, and nobody shall hold a connection for more than ten so.
    /// </summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(7);

    /// <summary>Clients have this long to take their goodbye.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2.5);

    /// <param name="options">Checked.</param>
    /// <param name="timings">How patient with media nodes.</param>
    /// <param name="configureLogging">Where logs go.</param>
    /// <param name="configureServices">What tests put in place of a part; null: nothing.</param>
    public static WebApplication Build(
        SignalingOptions options,
        SfuTimings timings,
        Action<ILoggingBuilder> configureLogging,
        Action<IServiceCollection>? configureServices = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.Logging.ClearProviders();
        configureLogging(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        AddServices(builder.Services, options, timings);
        configureServices?.Invoke(builder.Services);
        var app = builder.Build();
        app.Use(next => context => SecurityHeaders.ApplyAsync(context, next));
        app.UseCors();
        app.UseWebSockets();
        app.UseWebPage(options.WebRoot);
        MapEndpoints(app);
        if (options.Development)
        {
            SignalingLog.DevelopmentMode(app.Logger);
        }

        Observe(app.Services);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, SignalingOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.MaxRequestBodySize = BodyLengthMax;
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.ConnectionsMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        if (options.HasTls)
        {
            var certificate = X509Certificate2.CreateFromPemFile(options.TlsCertificate!, options.TlsKey);
            Listen(kestrel, options, options.HttpPort, HttpProtocols.Http1AndHttp2, certificate);
            return;
        }

        Listen(kestrel, options, options.HttpPort, HttpProtocols.Http1, certificate: null);
        Listen(kestrel, options, options.GrpcPort, HttpProtocols.Http2, certificate: null);
    }

    private static void Listen(
        KestrelServerOptions kestrel,
        SignalingOptions options,
        int port,
        HttpProtocols protocols,
        X509Certificate2? certificate
    )
    {
        void Apply(ListenOptions listen)
        {
            listen.Protocols = protocols;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
            listen.Use(next => connection => OpeningDeadline.ApplyAsync(connection, next, HeadersTimeout));
        }

        if (options.ListenAddress is { } address)
        {
            kestrel.Listen(new IPEndPoint(address, port), Apply);
        }
        else
        {
            kestrel.ListenAnyIP(port, Apply);
        }
    }

    private static void AddServices(IServiceCollection services, SignalingOptions options, SfuTimings timings)
    {
        var origins = new OriginPolicy(options.AllowedOrigins);
        services.AddSingleton(options);
        services.AddSingleton(timings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(origins);
        services.AddSingleton(new AccessTokens(options.ApiKeys, TimeProvider.System));
        services.AddSingleton(new ResumeTokens(options.ApiKeys, TimeProvider.System));
        services.AddStores(options);
        services.AddCluster(options);
        services.AddSingleton<SignalingMetrics>();
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<SfuCluster>();
        services.AddSingleton<ParticipantMedia>();
        services.AddSingleton<RoomDirectory>();
        services.AddSingleton<Departure>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Resumption>();
        services.AddSingleton<RoomKeeper>();
        services.AddRooms();
        services.AddSingleton<SessionRequests>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<ClientSessions>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<WhipEndpoints>();
        services.AddSingleton<DevTokenEndpoint>();
        services.AddAccounts();
        services.AddSafety();
        services.AddInvitations();
        services.AddWebhooks(options);
        services.AddHostedService<SfuFollower>();
        services.AddHostedService<RoomSweeper>();
        services.AddHostedService<RoomPulse>();
        services.AddHostedService<NotificationPulse>();
        services
            .AddGrpc(grpc => grpc.MaxReceiveMessageSize = MessageLengthMax)
            .AddAccounts()
            .AddSafety()
            .AddInvitations()
            .AddWebhooks();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<MediaHealthCheck>("spaces.v1.SignalingService");
        services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .SetIsOriginAllowed(origins.Allows)
                    .WithMethods("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
                    .AllowAnyHeader()
                    .WithExposedHeaders([.. GrpcCorsHeaders.Exposed, .. HeadersExposed])
                    .SetPreflightMaxAge(PreflightMaxAge)
            )
        );
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.MapGrpcService<RoomGrpcService>();
        app.MapGrpcService<StageGrpcService>();
        app.MapGrpcService<SignalingGrpcService>();
        app.MapGrpcService<NotificationGrpcService>();
        app.MapAccounts();
        app.MapSafety();
        app.MapInvitations();
        app.MapWebhooks();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.Map("/v1/signal", app.Services.GetRequiredService<WebSocketEndpoint>().HandleAsync);
        app.Map("/v1/notifications", app.Services.GetRequiredService<NotificationEndpoint>().HandleAsync);
        app.MapGet("/v1/rooms/{room}.ics", app.Services.GetRequiredService<CalendarEndpoint>().HandleAsync);
        app.MapPost("/v1/dev/token", app.Services.GetRequiredService<DevTokenEndpoint>().HandleAsync);
        app.Services.GetRequiredService<WhipEndpoints>().Map(app);
        app.MapGet("/metrics", app.Services.GetRequiredService<MetricsPage>().HandleAsync);
        app.MapGet("/healthz", () => Results.Text("ok\n"));
        app.MapGet("/readyz", () => Readiness(app.Services));
    }

    private static IResult Readiness(IServiceProvider services)
    {
        var store = services.GetRequiredService<StoreHealth>();
        var problem =
            !services.GetRequiredService<SfuCluster>().AnyAlive ? "No media node can be reached.\n"
            : !store.WasUp ? "The store has not answered yet.\n"
            : null;
        return problem is null
            ? Results.Text(store.IsUp ? "ready\n" : "ready\nThe store does not answer; rooms known here go on.\n")
            : Results.Text(problem, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static void Observe(IServiceProvider services)
    {
        var rooms = services.GetRequiredService<RoomDirectory>();
        var sessions = services.GetRequiredService<ClientSessions>();
        var cluster = services.GetRequiredService<SfuCluster>();
        services
            .GetRequiredService<SignalingMetrics>()
            .Observe(
                () => sessions.Count,
                () => rooms.Count,
                () => rooms.All.Sum(room => room.People.Count),
                () => cluster.SessionCount,
                () =>
                    cluster.Nodes.Select(node => new System.Diagnostics.Metrics.Measurement<int>(
                        node.IsAlive ? 1 : 0,
                        new KeyValuePair<string, object?>("node", node.Address.Authority)
                    ))
            );
    }
}
