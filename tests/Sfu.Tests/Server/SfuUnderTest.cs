using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spaces.Sfu.Server;
using Spaces.Sfu.Server.Control;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;
using Spaces.V1;
using ControlClient = Spaces.V1.MediaControlService.MediaControlServiceClient;

namespace Spaces.Sfu.Tests.Server;

/// <summary>The whole process in this one, on free ports of loopback, and a client of its control service.</summary>
internal sealed class SfuUnderTest : IAsyncDisposable
{
    public const string ControlKey = "a key that only the test knows";

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private SfuUnderTest(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        ControlAddress = addresses.First();
        HealthAddress = addresses.Last();
        _channel = GrpcChannel.ForAddress(ControlAddress);
        Control = new ControlClient(_channel);
    }

    public static Metadata Authorization { get; } = new() { { "authorization", $"Bearer {ControlKey}" } };

    public string ControlAddress { get; }

    public string HealthAddress { get; }

    public ControlClient Control { get; }

    public IReadOnlyList<MediaWorker> Workers => _app.Services.GetRequiredService<SessionControl>().Node.Workers;

    /// <summary>A session as the media plane has it.</summary>
    public MediaSession Session(MediaClient client) =>
        _app.Services.GetRequiredService<SessionTable>().TryFind(client.SessionId, out var session)
            ? session.Media!
            : throw new AssertionException($"There is no session {client.SessionId}.");

    public static SfuOptions Options(int workers, IPAddress? mediaAddress = null) =>
        new()
        {
            ControlAddress = IPAddress.Loopback,
            ControlPort = 0,
            HealthPort = 0,
            ControlKey = ControlKey,
            NodeId = "node-1",
            UdpPort = 0,
            Workers = workers,
            BindAddresses = [mediaAddress ?? IPAddress.Loopback],
            AnnouncedAddresses = [mediaAddress ?? IPAddress.Loopback],
            SessionsMax = 100,
        };

    /// <param name="workers">How many.</param>
    /// <param name="mediaAddress">Null: loopback.</param>
    /// <param name="log">Null: warnings to the console. Else everything, whatever its level, goes there.</param>
    public static async Task<SfuUnderTest> StartAsync(
        int workers,
        IPAddress? mediaAddress = null,
        ILoggerProvider? log = null
    )
    {
        var level = log is null ? LogLevel.Warning : LogLevel.Trace;
        string[] levels =
        [
            $"--Logging:LogLevel:Default={level}",
            $"--Logging:LogLevel:Microsoft.AspNetCore={level}",
            "--Logging:Console:LogLevel:Default=Warning",
        ];
        var app = SfuApplication.Build(Options(workers, mediaAddress), levels);
        if (log is not null)
        {
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        }

        await app.StartAsync();
        return new SfuUnderTest(app);
    }

    /// <summary>Opens a session and gives the client that goes with it; not connected yet.</summary>
    public async Task<MediaClient> OpenAsync(
        string room,
        uint mediaId,
        SessionPermissions permissions,
        bool hasMicrophone = true,
        int slots = 3
    ) => await OpenAsync(new MediaClient($"{room}-{mediaId}", mediaId), room, permissions, hasMicrophone, slots);

    /// <summary>Opens a session for a client; not connected yet.</summary>
    public async Task<MediaClient> OpenAsync(
        MediaClient client,
        string room,
        SessionPermissions permissions,
        bool hasMicrophone = true,
        int slots = 3
    )
    {
        var request = new OpenSessionRequest
        {
            SessionId = client.SessionId,
            RoomId = room,
            MediaId = client.MediaId,
            SdpOffer = client.CreateOffer(hasMicrophone, slots),
            Permissions = permissions,
        };
        var response = await Control.OpenSessionAsync(request, Authorization);
        client.Accept(response.SdpAnswer);
        return client;
    }

    public async Task SetPermissionsAsync(MediaClient client, SessionPermissions permissions) =>
        await Control.SetPermissionsAsync(
            new SetPermissionsRequest { SessionId = client.SessionId, Permissions = permissions },
            Authorization
        );

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
