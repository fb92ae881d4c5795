using System.Collections.Immutable;
using System.Net;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Webhooks;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server;

/// <summary>Everything an operator can set. Comes from environment variables that begin with <c>SPACES_</c>.</summary>
internal sealed record SignalingOptions
{
    /// <summary>Null: every address of the machine.</summary>
    public IPAddress? ListenAddress { get; init; }

    /// <summary>Page, WebSocket, Connect/JSON, WHIP, WHEP, health, metrics; 0 takes a free port.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>gRPC without TLS; not opened when there is a certificate: then gRPC shares the HTTP port.</summary>
    public int GrpcPort { get; init; } = 8081;

    /// <summary>PEM files; both or none.</summary>
    public string? TlsCertificate { get; init; }

    public string? TlsKey { get; init; }

    /// <summary>At least one. The first signs what this server issues itself.</summary>
    public ImmutableArray<ApiKey> ApiKeys { get; init; } = [];

    /// <summary>Web origins, besides the server's own, whose pages may call.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>Gives a token to whoever asks. For one's own machine.</summary>
    public bool Development { get; init; }

    /// <summary>Control addresses of the media nodes.</summary>
    public ImmutableArray<Uri> SfuNodes { get; init; } = [];

    /// <summary>Shared with the media nodes.</summary>
    public string ControlKey { get; init; } = "";

    /// <summary>Where the journal of rooms lives; null: rooms live in memory only.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The store that several signaling nodes share; null: this is the only one.</summary>
    public RedisOptions? Redis { get; init; }

    /// <summary>The built web page.</summary>
    public string WebRoot { get; init; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>How long a room may be empty before it ends.</summary>
    public TimeSpan EmptyRoomLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a person whose connection was lost may take to resume.</summary>
    public TimeSpan ResumeGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Live rooms at one time; more are refused.</summary>
    public int RoomsMax { get; init; } = 10_000;

    /// <summary>People in one room; more are refused.</summary>
    public int RoomPeopleMax { get; init; } = 20_000;

    /// <summary>Open connections at one time; more are closed at once.</summary>
    public int ConnectionsMax { get; init; } = 50_000;

    /// <summary>How long a new connection may take to send its first message.</summary>
    public TimeSpan FirstMessageTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told to clients; one that is silent 1.5 times as long is taken for lost.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two signs of life to somebody who waits for notifications; told to clients.</summary>
    public TimeSpan NotificationHeartbeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often one account, or one address, may do what costs others something.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>Systems that are told of every event, signed with the first API key.</summary>
    public ImmutableArray<Uri> WebhookUrls { get; init; } = [];

    /// <summary>Webhooks may use http and lead to loopback and private addresses.</summary>
    public bool WebhookPrivate { get; init; }

    /// <summary>How patient with webhooks; not for operators to set.</summary>
    public WebhookTimings WebhookTimings { get; init; } = WebhookTimings.Default;

    public bool HasTls => TlsCertificate is not null;

    /// <summary>Reads the settings and checks them.</summary>
    /// <exception cref="SettingsException">Names every setting that is wrong.</exception>
    public static SignalingOptions Read(Func<string, string?> environment)
    {
        var settings = new SettingsReader(environment);
        var defaults = new SignalingOptions();
        var options = new SignalingOptions
        {
            ListenAddress = settings.Address("SPACES_LISTEN_ADDRESS"),
            HttpPort = settings.Port("SPACES_HTTP_PORT", defaults.HttpPort),
            GrpcPort = settings.Port("SPACES_GRPC_PORT", defaults.GrpcPort),
            TlsCertificate = settings.ExistingFile("SPACES_TLS_CERTIFICATE"),
            TlsKey = settings.ExistingFile("SPACES_TLS_KEY"),
            ApiKeys = settings.ApiKeys("SPACES_API_KEYS"),
            AllowedOrigins = settings.Origins("SPACES_ALLOWED_ORIGINS"),
            Development = settings.Flag("SPACES_DEVELOPMENT"),
            SfuNodes = settings.Urls("SPACES_SFU_NODES"),
            ControlKey = settings.Secret("SPACES_CONTROL_KEY"),
            DataDirectory = settings.Text("SPACES_DATA_DIR"),
            Redis = settings.Redis("SPACES_REDIS"),
            WebRoot = settings.Text("SPACES_WEB_ROOT") ?? defaults.WebRoot,
            EmptyRoomLifetime = settings.Seconds("SPACES_EMPTY_ROOM_SECONDS", defaults.EmptyRoomLifetime),
            ResumeGrace = settings.Seconds("SPACES_RESUME_GRACE_SECONDS", defaults.ResumeGrace),
            RoomsMax = settings.Count("SPACES_ROOMS_MAX", defaults.RoomsMax),
            RoomPeopleMax = settings.Count("SPACES_ROOM_PEOPLE_MAX", defaults.RoomPeopleMax),
            ConnectionsMax = settings.Count("SPACES_CONNECTIONS_MAX", defaults.ConnectionsMax),
            Limits = LimitOptions.Read(settings),
            WebhookPrivate = settings.Flag("SPACES_WEBHOOK_PRIVATE"),
            WebhookUrls = settings.Webhooks("SPACES_WEBHOOK_URLS", settings.Flag("SPACES_WEBHOOK_PRIVATE")),
        };
        if ((options.TlsCertificate is null) != (options.TlsKey is null))
        {
            settings.Problem("SPACES_TLS_CERTIFICATE and SPACES_TLS_KEY go together; set both or none.");
        }

        if (!options.HasTls && options.HttpPort == options.GrpcPort && options.HttpPort != 0)
        {
            settings.Problem("SPACES_GRPC_PORT is the same as SPACES_HTTP_PORT; without TLS they must differ.");
        }

        if (options is { Redis: not null, DataDirectory: not null })
        {
            settings.Problem("SPACES_REDIS and SPACES_DATA_DIR exclude each other; rooms live in one of them.");
        }

        settings.ThrowIfProblems();
        return options;
    }
}
