using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>
/// Goal: who was put out is out when the host's answer arrives, and a ban holds on every way back in. Method: somebody
/// whose token vouches for them tries each; what counts is what the media node still has.
/// </summary>
[TestFixture]
internal sealed class ExpulsionTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;
    private TestClient _ada = null!;
    private TestClient _bob = null!;
    private string _token = "";

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(_node);
        var room = await _server.CreateRoomAsync("ada");
        _ada = await TestClient.ConnectAsync(_server, Wire.Json);
        await _ada.JoinAsync(room, SignalingHost.Token("ada"));
        _token = SignalingHost.Token("bob", speak: true);
        _bob = await TestClient.ConnectAsync(_server, Wire.Json);
        await _bob.JoinAsync(room, _token);
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
    public async Task Who_is_removed_is_silent_at_once_told_so_and_comes_back_as_a_listener()
    {
        await _ada.DoneAsync(
            new ClientMessage { RemoveParticipant = new RemoveParticipantRequest { ParticipantId = _bob.Self.Id } }
        );

        Assert.That(_node.Node.HasSessionOf(_bob.Self), Is.False, "gone when done arrives");
        var goodbye = await _bob.GoodbyeAsync();
        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.Removed, GoodbyeAction.Stop)));
        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == _bob.Self.Id);
        await _ada.EventAsync(next => next.ParticipantRemoved?.ParticipantId == _bob.Self.Id);

        await using var again = await TestClient.ConnectAsync(_server, Wire.Grpc);
        var joined = await again.JoinAsync(_ada.RoomId, _token);
        Assert.That(joined.Self.Role, Is.EqualTo(Role.Listener));
        Assert.That(_node.Node.SessionOf(joined.Self).Permissions.MayPublish, Is.False);
    }

    [Test]
    public async Task A_listener_can_be_removed_too()
    {
        await using var cleo = await TestClient.ConnectAsync(_server, Wire.Protobuf);
        await cleo.JoinAsync(_ada.RoomId, SignalingHost.Token("cleo"));

        await _ada.DoneAsync(
            new ClientMessage { RemoveParticipant = new RemoveParticipantRequest { Identity = "cleo" } }
        );

        Assert.That(_node.Node.HasSessionOf(cleo.Self), Is.False);
        Assert.That((await cleo.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Removed));
    }

    [Test]
    public async Task A_banned_account_is_out_and_its_token_opens_no_door()
    {
        await BanAsync();

        Assert.That(_node.Node.HasSessionOf(_bob.Self), Is.False, "gone when done arrives");
        var goodbye = await _bob.GoodbyeAsync();
        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.Banned, GoodbyeAction.Stop)));
        foreach (var wire in Enum.GetValues<Wire>())
        {
            await using var client = await TestClient.ConnectAsync(_server, wire);
            var join = new Join
            {
                RoomId = _ada.RoomId,
                Token = _token,
                SdpOffer = "an offer",
            };
            var refused = await client.RefusedAsync(new ClientMessage { Join = join });
            Assert.That(refused.Code, Is.EqualTo("PERMISSION_DENIED"));
            Assert.That((await client.GoodbyeAsync()).Action, Is.EqualTo(GoodbyeAction.Stop));
        }

        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(1), "only the host is left");
    }

    [Test]
    public async Task A_resume_token_from_before_the_ban_is_worth_nothing()
    {
        var resumeToken = _bob.ResumeToken;
        await BanAsync();
        await using var client = await TestClient.ConnectAsync(_server, Wire.Json);

        var refused = await client.RefusedAsync(
            new ClientMessage { Resume = new Resume { ResumeToken = resumeToken } }
        );

        Assert.That(refused.Code, Is.AnyOf("PERMISSION_DENIED", "NOT_FOUND"));
        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(1));
    }

    [TestCase("whip")]
    [TestCase("whep")]
    public async Task Neither_WHIP_nor_WHEP_lets_a_banned_account_in(string path)
    {
        await BanAsync();

        using var response = await PostAsync(path, _token);

        Assert.That((int)response.StatusCode, Is.EqualTo(403));
        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(1));
    }

    [TestCase("whip")]
    [TestCase("whep")]
    public async Task A_session_by_WHIP_or_WHEP_ends_with_the_ban(string path)
    {
        var token = SignalingHost.Token("obs", speak: true);
        using var posted = await PostAsync(path, token);
        Assert.That((int)posted.StatusCode, Is.EqualTo(201));
        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(3));

        await _ada.DoneAsync(new ClientMessage { Ban = new BanAccountRequest { Identity = "obs" } });

        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(2), "gone when done arrives");
        using var again = await PostAsync(path, token);
        Assert.That((int)again.StatusCode, Is.EqualTo(403));
    }

    [Test]
    public async Task A_lifted_ban_lets_the_account_in_again_and_the_list_says_who_is_banned()
    {
        await BanAsync();
        await _ada.DoneAsync(
            new ClientMessage
            {
                Ban = new BanAccountRequest { Identity = "never-here", Name = "Never" },
            }
        );
        var list = await _ada.AskAsync(new ClientMessage { ListBans = new ListBansRequest { PageSize = 1 } });
        Assert.That(list.Bans.Accounts.Single().Identity, Is.EqualTo("bob"));
        var rest = await _ada.AskAsync(
            new ClientMessage { ListBans = new ListBansRequest { PageToken = list.Bans.NextPageToken } }
        );
        Assert.That(rest.Bans.Accounts.Single().Name, Is.EqualTo("Never"));
        await _ada.EventAsync(next => next.BansChanged is not null);

        await _ada.DoneAsync(new ClientMessage { Unban = new UnbanAccountRequest { Identity = "bob" } });

        await using var again = await TestClient.ConnectAsync(_server, Wire.Json);
        Assert.That((await again.JoinAsync(_ada.RoomId, _token)).Self.Id, Is.Not.Empty);
        var listed = await again.RefusedAsync(new ClientMessage { ListBans = new ListBansRequest() });
        Assert.That(listed.Code, Is.EqualTo("PERMISSION_DENIED"));
    }

    [Test]
    public async Task Who_is_suppressed_is_muted_on_every_way_back_in()
    {
        await _ada.DoneAsync(
            new ClientMessage
            {
                Suppress = new SuppressRequest { Identity = "bob", Suppressed = true },
            }
        );
        await AssertMutedAsync(_bob);
        await _bob.AskAsync(new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = "again" } });
        await AssertMutedAsync(_bob);

        await using var phone = await TestClient.ConnectAsync(_server, Wire.Grpc);
        await phone.JoinAsync(_ada.RoomId, _token, muted: false);
        await AssertMutedAsync(phone);
        var refused = await phone.RefusedAsync(new ClientMessage { SetMuted = new SetMuted { Muted = false } });
        Assert.That(refused.Code, Is.EqualTo("PERMISSION_DENIED"));

        await phone.DoneAsync(new ClientMessage { Leave = new Leave() });
        await using var back = await TestClient.ConnectAsync(_server, Wire.Json);
        await back.JoinAsync(_ada.RoomId, _token, muted: false);
        await AssertMutedAsync(back);
        await back.DoneAsync(new ClientMessage { Leave = new Leave() });

        using var published = await PostAsync("whip", _token);
        Assert.That((int)published.StatusCode, Is.EqualTo(201));
        var others = _node.Node.Sessions.Values.Where(session => session.MediaId != _ada.Self.MediaId);
        Assert.That(others.Select(session => session.Permissions.Muted), Is.All.True);
    }

    [Test]
    public async Task While_a_media_node_is_away_the_host_learns_that_it_is_not_in_force_yet()
    {
        _node.Node.SetPermissionsFails = Grpc.Core.StatusCode.Unavailable;

        var refused = await _ada.RefusedAsync(
            new ClientMessage { MuteParticipant = new MuteParticipantRequest { ParticipantId = _bob.Self.Id } }
        );
        Assert.That(refused.Code, Is.EqualTo("UNAVAILABLE"));
        _node.Node.SetPermissionsFails = null;

        await Eventually.TrueAsync(() => _node.Node.SessionOf(_bob.Self).Permissions.Muted);
    }

    private Task BanAsync() =>
        _ada.DoneAsync(new ClientMessage { Ban = new BanAccountRequest { ParticipantId = _bob.Self.Id } });

    private Task<HttpResponseMessage> PostAsync(string path, string token) =>
        _server.SendAsync(HttpMethod.Post, $"/v1/rooms/{_ada.RoomId}/{path}", token, "an offer", "application/sdp");

    /// <summary>A later answer, so that whatever came before is in force.</summary>
    private async Task AssertMutedAsync(TestClient client)
    {
        await client.AskAsync(new ClientMessage { Ping = new Ping() });
        var sessions = _node.Node.Sessions.Values.Where(session => session.MediaId != _ada.Self.MediaId);
        Assert.That(sessions.Select(session => session.Permissions.Muted), Is.All.True);
    }
}
