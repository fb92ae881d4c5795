using System.Net;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Server.Safety;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Safety;

/// <summary>
/// Goal: a suspension acts inside live Spaces at once and closes every door until it ends. Method: real clients.
/// </summary>
[TestFixture]
internal sealed class SuspensionTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private SafetyCalls _calls = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new SafetyCalls(_host);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Who_is_suspended_is_put_out_and_cannot_come_back_nor_open_a_Space()
    {
        var room = await _host.CreateRoomAsync("ada");
        await using var ada = await JoinAsync(room, "ada");
        await using var bob = await JoinAsync(room, "bob", speak: true);

        await _calls.SuspendAsync("bob");

        var goodbye = await bob.GoodbyeAsync();
        Assert.That(goodbye.Action, Is.EqualTo(GoodbyeAction.Stop));
        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(bob.Self));
        Assert.That(await RefusedAsync(room, "bob"), Does.Contain("It sold tickets."));
        var create = await _host.CallAsync("CreateRoom", """{"title":"Mine"}""", SignalingHost.Token("bob"));
        Assert.That(create.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await _calls.AuditAsync(), Does.Contain("operator account.suspend bob"));

        var lift = new LiftSuspensionRequest { Identity = "bob" };
        await _calls.Moderation.LiftSuspensionAsync(lift, SafetyCalls.Operator);
        await using var back = await JoinAsync(room, "bob");
    }

    [Test]
    public async Task The_Spaces_a_suspended_account_hosts_end_and_others_go_on()
    {
        var hosted = await _host.CreateRoomAsync("ada");
        var other = await _host.CreateRoomAsync("bob");
        await using var zoe = await JoinAsync(hosted, "zoe");
        await using var yan = await JoinAsync(other, "yan");

        await _calls.SuspendAsync("ada");

        var ended = await zoe.EventAsync(next => next.RoomEnded is not null);
        Assert.That(ended.RoomEnded.Reason, Is.EqualTo(RoomEndReason.Suspended));
        await using var another = await JoinAsync(other, "another");
    }

    [Test]
    public async Task A_suspension_ends_by_itself_when_its_time_is_over()
    {
        var room = await _host.CreateRoomAsync("ada");
        await _calls.SuspendAsync("bob", DateTimeOffset.UtcNow.AddSeconds(10));
        Assert.That(await RefusedAsync(room, "bob"), Does.Contain("suspended"));

        var restrictions = _host.Services.GetRequiredService<RestrictionsInForce>();
        await Eventually.TrueAsync(() => restrictions.Current!.IsEmpty);
        Assert.That(await RefusedAsync(room, "bob"), Is.Null);
    }

    [Test]
    public async Task Moderators_suspend_and_nobody_else_does()
    {
        var request = new SuspendAccountRequest { Identity = "bob", Reason = "Because." };
        await AccountCalls.RefusedAsync(
            _calls.Moderation.SuspendAccountAsync(request, SafetyCalls.As("ada")),
            StatusCode.PermissionDenied
        );
        var oneRoom = AccountCalls.As(SignalingHost.Token("mod", room: "one", moderate: true));
        await AccountCalls.RefusedAsync(
            _calls.Moderation.SuspendAccountAsync(request, oneRoom),
            StatusCode.PermissionDenied
        );

        var moderator = AccountCalls.As(SignalingHost.Token("mod", moderate: true));
        await _calls.Moderation.SuspendAccountAsync(request, moderator);

        var listed = await _calls.Moderation.ListSuspensionsAsync(new ListSuspensionsRequest(), moderator);
        var only = listed.Suspensions.Single();
        Assert.That((only.Identity, only.Reason, only.SuspendedBy), Is.EqualTo(("bob", "Because.", "mod")));
        Assert.That(only.Until, Is.Null);
    }

    private async Task<TestClient> JoinAsync(string room, string identity, bool speak = false)
    {
        var client = await TestClient.ConnectAsync(_host, Wire.Protobuf);
        await client.JoinAsync(room, SignalingHost.Token(identity, speak: speak));
        return client;
    }

    /// <summary>Why somebody cannot join; null: they can.</summary>
    private async Task<string?> RefusedAsync(string room, string identity)
    {
        await using var client = await TestClient.ConnectAsync(_host, Wire.Grpc);
        var join = new Join { RoomId = room, Token = SignalingHost.Token(identity) };
        var reply = await client.AskAsync(new ClientMessage { Join = join });
        return reply.Refused?.Message;
    }
}
