using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>Media nodes that die, come back, or do not do what they are told.</summary>
[TestFixture]
internal sealed class MediaNodeFailureTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;
    private TestClient _ada = null!;
    private TestClient _bob = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(_node);
        var room = await _server.CreateRoomAsync("ada");
        _ada = await TestClient.ConnectAsync(_server, Wire.Json);
        await _ada.JoinAsync(room, SignalingHost.Token("ada"));
        _bob = await TestClient.ConnectAsync(_server, Wire.Grpc);
        await _bob.JoinAsync(room, SignalingHost.Token("bob"));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _ada.DisposeAsync();
        await _bob.DisposeAsync();
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task When_a_node_dies_its_clients_are_told_at_once_and_are_back_when_it_is()
    {
        await _node.DieAsync();

        foreach (var client in new[] { _ada, _bob })
        {
            var lost = await client.NextAsync(message => message.MediaLost is not null);
            Assert.That(lost.MediaLost.Reason, Is.EqualTo(MediaLostReason.NodeLost));
            Assert.That(lost.MediaLost.RetryAfterMs, Is.GreaterThan(0));
        }

        var open = new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = "again" } };
        var refused = await _ada.RefusedAsync(open.Clone());
        Assert.That((refused.Code, refused.RetryAfterMs > 0), Is.EqualTo(("UNAVAILABLE", true)));

        _node.Node.Sessions.Clear();
        _node.Node.BootId = "reborn";
        await _node.ComeBackAsync();
        await Eventually.TrueAsync(() => _server.Services.GetRequiredService<SfuCluster>().AnyAlive);
        var reply = await _ada.AskAsync(open.Clone());

        Assert.That(reply.MediaOpened.SdpAnswer, Is.EqualTo("answer to again"));
        Assert.That(_node.Node.SessionOf(_ada.Self).Permissions.MayPublish, Is.True);
    }

    [Test]
    public async Task Nobody_joins_with_media_while_no_node_lives_and_everybody_without()
    {
        await _node.DieAsync();
        await _ada.NextAsync(message => message.MediaLost is not null);
        await using var cleo = await TestClient.ConnectAsync(_server, Wire.Json);
        var join = new Join
        {
            RoomId = _ada.RoomId,
            Token = SignalingHost.Token("cleo"),
            SdpOffer = "x",
        };

        var refused = await cleo.RefusedAsync(new ClientMessage { Join = join });

        Assert.That((refused.Code, refused.RetryAfterMs > 0), Is.EqualTo(("UNAVAILABLE", true)));
        var goodbye = await cleo.GoodbyeAsync();
        Assert.That((goodbye.Action, goodbye.RetryAfterMs > 0), Is.EqualTo((GoodbyeAction.Join, true)));
        await using var dan = await TestClient.ConnectAsync(_server, Wire.Json);
        await dan.JoinAsync(_ada.RoomId, SignalingHost.Token("dan"), offer: "");
        Assert.That(
            (await _server.SendAsync(HttpMethod.Get, "/readyz", null)).StatusCode,
            Is.EqualTo(System.Net.HttpStatusCode.ServiceUnavailable)
        );
    }

    [Test]
    public async Task Sessions_that_a_node_kept_while_it_was_given_up_are_closed_when_it_is_found_again()
    {
        await _node.DieAsync();
        await _bob.NextAsync(message => message.MediaLost is not null);
        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(2));

        await _node.ComeBackAsync();

        await Eventually.TrueAsync(() => _node.Node.Sessions.IsEmpty);
    }

    [Test]
    public async Task A_right_that_could_not_be_taken_at_once_is_said_and_taken_when_it_can_be()
    {
        var give = new SetRole { ParticipantId = _bob.Self.Id, Role = Role.Speaker };
        await _ada.DoneAsync(new ClientMessage { SetRole = give });
        _node.Node.SetPermissionsFails = StatusCode.Unavailable;

        var take = new SetRole { ParticipantId = _bob.Self.Id, Role = Role.Listener };
        var refused = await _ada.RefusedAsync(new ClientMessage { SetRole = take });

        Assert.That((refused.Code, refused.RetryAfterMs > 0), Is.EqualTo(("UNAVAILABLE", true)));
        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == _bob.Self.Id);
        Assert.That(_node.Node.SessionOf(_bob.Self).Permissions.MayPublish, Is.True);
        _node.Node.SetPermissionsFails = null;
        await Eventually.TrueAsync(() => !_node.Node.SessionOf(_bob.Self).Permissions.MayPublish);
    }

    [Test]
    public async Task Who_reopens_media_and_hangs_up_leaves_no_session_behind_that_nobody_rules()
    {
        var held = new TaskCompletionSource();
        _node.Node.CloseSessionHeld = held.Task;
        var before = _node.Node.SessionOf(_ada.Self).SessionId;
        await _ada.SendAsync(
            new ClientMessage
            {
                RequestId = 9,
                OpenMedia = new OpenMedia { SdpOffer = "again" },
            }
        );
        await Eventually.TrueAsync(() => _node.Node.Calls.Contains($"close {before}"));

        ((WebSocketTestClient)_ada).Cut();
        await _bob.ParticipantChangedAsync(_ada.Self.Id, participant => !participant.Connected);
        held.SetResult();

        await Eventually.TrueAsync(() => !_node.Node.Sessions.ContainsKey(before));
    }

    [Test]
    public async Task A_session_that_could_not_be_closed_at_once_is_closed_when_it_can_be()
    {
        _node.Node.CloseSessionFails = StatusCode.Internal;
        await _bob.AskAsync(new ClientMessage { Leave = new Leave() });
        await Eventually.TrueAsync(() =>
            _node.Node.Calls.Any(call => call.StartsWith("close", StringComparison.Ordinal))
        );
        Assert.That(_node.Node.HasSessionOf(_bob.Self), Is.True);

        _node.Node.CloseSessionFails = null;

        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(_bob.Self));
    }

    [TestCase(SessionLostReason.ConsentExpired, MediaLostReason.ConsentExpired)]
    [TestCase(SessionLostReason.HandshakeFailed, MediaLostReason.HandshakeFailed)]
    [TestCase(SessionLostReason.Closed, MediaLostReason.Closed)]
    public async Task A_session_that_ends_by_itself_is_told_to_its_client_alone(
        SessionLostReason reason,
        MediaLostReason told
    )
    {
        _node.Node.Lose(_node.Node.SessionOf(_bob.Self).SessionId, reason);

        var lost = await _bob.NextAsync(message => message.MediaLost is not null);

        Assert.That(lost.MediaLost.Reason, Is.EqualTo(told));
        var opened = await _bob.AskAsync(new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = "new" } });
        Assert.That(opened.MediaOpened.SdpAnswer, Is.EqualTo("answer to new"));
        Assert.That(_ada.Unread().Any(message => message.MediaLost is not null), Is.False);
    }
}
