using System.Net.WebSockets;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Notifications;

/// <summary>An account that is online over WebSocket is told what is for it, and nobody else is.</summary>
[TestFixture("spaces.v1.json")]
[TestFixture("spaces.v1.protobuf")]
internal sealed class NotificationSocketTests(string protocol)
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(_node);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Every_connection_of_the_account_is_told_and_no_other()
    {
        var notifications = _server.Services.GetRequiredService<AccountNotifications>();
        using var phone = await ConnectAsync("bob");
        using var laptop = await ConnectAsync("bob");
        using var other = await ConnectAsync("cleo");

        notifications.Tell(
            new Identity("bob"),
            new Notification
            {
                Id = "n1",
                Notice = new OperatorNotice { Title = "You may host now" },
            }
        );
        notifications.Tell(new Identity("cleo"), new Notification { Id = "n2", Notice = new OperatorNotice() });

        Assert.That((await ReadAsync(phone)).Id, Is.EqualTo("n1"));
        Assert.That((await ReadAsync(laptop)).Notice.Title, Is.EqualTo("You may host now"));
        Assert.That((await ReadAsync(other)).Id, Is.EqualTo("n2"));
    }

    [Test]
    public async Task A_token_that_does_not_verify_opens_nothing()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.AddSubProtocol("spaces.token.none");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address, CancellationToken.None));
    }

    private Uri Address => new($"ws://{_server.Http.Authority}/v1/notifications");

    /// <summary>Online, and welcomed.</summary>
    private async Task<ClientWebSocket> ConnectAsync(string identity)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.AddSubProtocol($"spaces.token.{SignalingHost.Token(identity)}");
        await socket.ConnectAsync(Address, CancellationToken.None);
        Assert.That((await ReadAsync(socket)).Welcome.HeartbeatIntervalMs, Is.EqualTo(20_000));
        return socket;
    }

    private static async Task<Notification> ReadAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        var buffer = new byte[16 * 1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return received.MessageType == WebSocketMessageType.Text
            ? JsonParser.Default.Parse<Notification>(Encoding.UTF8.GetString(buffer, 0, received.Count))
            : Notification.Parser.ParseFrom(buffer, 0, received.Count);
    }
}
