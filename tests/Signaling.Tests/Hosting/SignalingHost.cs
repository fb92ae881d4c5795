using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>A real signaling server in this process, on free ports of loopback.</summary>
internal sealed class SignalingHost : IAsyncDisposable
{
    public static readonly ApiKey Key = new("tests", "the secret of the tests, long enough");

    /// <summary>
    /// Patient with heartbeats, since the machine may be busy; a broken stream is seen at once all the same.
    /// </summary>
    private static readonly SfuTimings Timings = SfuTimings.Default with
    {
        SilenceMax = TimeSpan.FromSeconds(20),
        ReconnectMax = TimeSpan.FromSeconds(5),
        CallMax = TimeSpan.FromSeconds(10),
        BackoffMax = TimeSpan.FromMilliseconds(200),
    };

    private readonly WebApplication _app;

    private SignalingHost(WebApplication app) => _app = app;

    public Uri Http { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public HttpClient Client { get; } = new();

    /// <summary>Starts, and waits until the media node is followed.</summary>
    public static async Task<SignalingHost> StartAsync(
        MediaNodeHost node,
        Func<SignalingOptions, SignalingOptions>? configure = null,
        LogCollector? log = null
    )
    {
        var options = new SignalingOptions
        {
            ListenAddress = IPAddress.Loopback,
            HttpPort = 0,
            GrpcPort = 0,
            ApiKeys = [Key],
            SfuNodes = [node.Address],
            ControlKey = MediaNode.ControlKey,
            Development = true,
        };
        var app = SignalingServer.Build(
            configure?.Invoke(options) ?? options,
            Timings,
            logging =>
            {
                if (log is not null)
                {
                    logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
                }
            }
        );
        var host = new SignalingHost(app);
        await app.StartAsync();
        var urls = app.Urls.ToArray();
        (host.Http, host.Grpc) = (new Uri(urls[0]), new Uri(urls[1]));
        host.Client.BaseAddress = host.Http;
        await Eventually.TrueAsync(() => app.Services.GetRequiredService<SfuCluster>().AnyAlive);
        return host;
    }

    public static string Token(
        string identity,
        string room = "*",
        bool create = true,
        bool join = true,
        bool speak = false,
        bool listen = true,
        bool admin = false,
        bool moderate = false,
        TimeSpan? lifetime = null
    ) =>
        AccessTokens.Issue(
            Key,
            new Identity(identity),
            identity,
            new Grants(room, create, join, speak, listen, admin) { Moderate = moderate },
            DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1))
        );

    /// <summary>Opens a room hosted by <paramref name="host"/> and gives its id.</summary>
    public async Task<string> CreateRoomAsync(string host)
    {
        var response = await CallAsync("CreateRoom", """{"title":"A talk"}""", Token(host));
        var body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), body);
        return System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("room").GetProperty("id").GetString()!;
    }

    /// <summary>A method of RoomService by the Connect protocol, as curl would call it.</summary>
    public Task<HttpResponseMessage> CallAsync(string method, string json, string? token) =>
        SendAsync(HttpMethod.Post, $"/spaces.v1.RoomService/{method}", token, json, "application/json");

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? token,
        string? body = null,
        string? type = null,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(method, new Uri(Http, path));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type ?? "text/plain");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        // An upgrade has no end to wait for.
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
