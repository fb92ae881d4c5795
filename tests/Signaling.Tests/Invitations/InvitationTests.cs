using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Signaling.Tests.Hosting;
using Spaces.Signaling.Tests.Safety;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Invitations;

/// <summary>Goal: an invitation reaches its account, online or not, and lets it in as what it was invited as.</summary>
[TestFixture]
internal sealed class InvitationTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private SafetyCalls _calls = null!;
    private string _room = "";

    private InvitationService.InvitationServiceClient Invitations => _calls.Invitations;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new SafetyCalls(_host);
        _room = await _host.CreateRoomAsync("ada");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Whoever_is_online_is_told_at_once()
    {
        using var channel = GrpcChannel.ForAddress(_host.Grpc);
        var notifications = new NotificationService.NotificationServiceClient(channel);
        using var watch = notifications.Watch(new WatchNotificationsRequest(), SafetyCalls.As("bob"));
        Assert.That(await watch.ResponseStream.MoveNext(CancellationToken.None), Is.True);

        await InviteAsync("ada", "bob", toSpeak: true);

        while (watch.ResponseStream.Current.Invitation is null)
        {
            Assert.That(await watch.ResponseStream.MoveNext(CancellationToken.None), Is.True);
        }

        var told = watch.ResponseStream.Current.Invitation;
        Assert.That((told.RoomId, told.RoomTitle, told.FromIdentity), Is.EqualTo((_room, "A talk", "ada")));
        Assert.That((told.Text, told.ToSpeak), Is.EqualTo(("Come!", true)));
    }

    [Test]
    public async Task Whoever_accepts_an_invitation_to_speak_comes_in_as_a_speaker()
    {
        await InviteAsync("ada", "bob", toSpeak: true);
        var waiting = (await InboxAsync("bob")).Single();

        var accept = new AcceptInvitationRequest { InvitationId = waiting.InvitationId };
        var accepted = await Invitations.AcceptInvitationAsync(accept, SafetyCalls.As("bob"));

        Assert.That((accepted.RoomId, accepted.Role), Is.EqualTo((_room, Role.Speaker)));
        Assert.That(await InboxAsync("bob"), Is.Empty);
        await using var bob = await TestClient.ConnectAsync(_host, Wire.Json);
        await bob.JoinAsync(_room, SignalingHost.Token("bob"));
        Assert.That(bob.Self.Role, Is.EqualTo(Role.Speaker));
        Assert.That(_node.Node.SessionOf(bob.Self).Permissions.MayPublish, Is.True);
    }

    [Test]
    public async Task Whoever_is_in_the_Space_already_gets_the_word_when_they_accept()
    {
        await using var bob = await TestClient.ConnectAsync(_host, Wire.Json);
        await bob.JoinAsync(_room, SignalingHost.Token("bob"));
        await InviteAsync("ada", "bob", toSpeak: true);
        var waiting = (await InboxAsync("bob")).Single();

        var accept = new AcceptInvitationRequest { InvitationId = waiting.InvitationId };
        await Invitations.AcceptInvitationAsync(accept, SafetyCalls.As("bob"));

        await bob.ParticipantChangedAsync(bob.Self.Id, self => self.Role == Role.Speaker);
        await Eventually.TrueAsync(() => _node.Node.SessionOf(bob.Self).Permissions.MayPublish);
    }

    [Test]
    public async Task Listeners_invite_to_listen_and_only_hosts_to_speak()
    {
        var toSpeak = new InviteRequest
        {
            RoomId = _room,
            Identity = "bob",
            ToSpeak = true,
        };
        await AccountCalls.RefusedAsync(
            Invitations.InviteAsync(toSpeak, SafetyCalls.As("zoe")),
            StatusCode.PermissionDenied
        );

        await InviteAsync("zoe", "bob", toSpeak: false);
        var waiting = (await InboxAsync("bob")).Single();
        var accept = new AcceptInvitationRequest { InvitationId = waiting.InvitationId };
        var accepted = await Invitations.AcceptInvitationAsync(accept, SafetyCalls.As("bob"));
        Assert.That(accepted.Role, Is.EqualTo(Role.Listener));
    }

    [Test]
    public async Task Inviting_again_renews_and_declining_takes_out()
    {
        await InviteAsync("ada", "bob", toSpeak: false);
        await InviteAsync("ada", "bob", toSpeak: true);
        await InviteAsync("zoe", "bob", toSpeak: false);

        var waiting = await InboxAsync("bob");
        Assert.That(
            waiting.Select(each => (each.FromIdentity, each.ToSpeak)),
            Is.EqualTo(new[] { ("zoe", false), ("ada", true) })
        );
        var decline = new DeclineInvitationRequest { InvitationId = waiting[0].InvitationId };
        await Invitations.DeclineInvitationAsync(decline, SafetyCalls.As("bob"));
        await Invitations.DeclineInvitationAsync(decline, SafetyCalls.As("bob"));
        Assert.That((await InboxAsync("bob")).Single().FromIdentity, Is.EqualTo("ada"));
    }

    [Test]
    public async Task Nothing_arrives_from_whoever_is_blocked_and_they_are_not_told()
    {
        await _calls.BlockAsync("bob", "ada");

        await InviteAsync("ada", "bob", toSpeak: true);

        Assert.That(await InboxAsync("bob"), Is.Empty);
    }

    [Test]
    public async Task A_flood_of_invitations_is_refused_with_a_time_to_wait_and_nobody_else_notices()
    {
        var refusals = 0;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await InviteAsync("ada", $"account-{i}", toSpeak: false);
            }
            catch (RpcException refusal) when (refusal.StatusCode == StatusCode.ResourceExhausted)
            {
                Assert.That(refusal.Trailers.GetValue("grpc-retry-pushback-ms"), Is.Not.Null);
                refusals++;
            }
        }

        Assert.That(refusals, Is.GreaterThan(60), "20 at once, then one every 3 s");
        await InviteAsync("zoe", "bob", toSpeak: false);
        Assert.That(await InboxAsync("bob"), Has.Length.EqualTo(1));
    }

    private async Task InviteAsync(string from, string to, bool toSpeak) =>
        await Invitations
            .InviteAsync(
                new InviteRequest
                {
                    RoomId = _room,
                    Identity = to,
                    Text = "Come!",
                    ToSpeak = toSpeak,
                },
                SafetyCalls.As(from)
            )
            .ResponseAsync;

    private async Task<RoomInvitation[]> InboxAsync(string of) =>
        [.. (await Invitations.ListInvitationsAsync(new ListInvitationsRequest(), SafetyCalls.As(of))).Invitations];
}
