using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>
/// Goal: once the host has taken the word, no way back in gives it again. Method: somebody whose token vouches for them
/// as a speaker tries every one of them; what counts is what the media node was told.
/// </summary>
[TestFixture]
internal sealed class RevocationTests
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
        Assert.That(_bob.Self.Role, Is.EqualTo(Role.Speaker));
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
    public async Task A_resume_token_given_before_brings_a_listener_back()
    {
        var resumeToken = _bob.ResumeToken;
        await TakeAsync();
        await _bob.DisposeAsync();
        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == _bob.Self.Id);
        await using var back = await TestClient.ConnectAsync(_server, Wire.Grpc);

        var resumed = await back.ResumeAsync(resumeToken, 0);

        Assert.That(resumed.Self.Role, Is.EqualTo(Role.Listener));
        await AssertSilentAsync(back);
    }

    [Test]
    public async Task New_media_a_restart_of_ice_and_unmuting_give_nothing_back()
    {
        await TakeAsync();

        await _bob.AskAsync(new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = "again" } });
        await _bob.AskAsync(new ClientMessage { RestartIce = new RestartIce { SdpOffer = "again" } });
        await _bob.AskAsync(new ClientMessage { SetMuted = new SetMuted { Muted = true } });
        await _bob.AskAsync(new ClientMessage { SetMuted = new SetMuted { Muted = false } });

        await AssertSilentAsync(_bob);
    }

    [Test]
    public async Task A_second_device_with_the_same_token_comes_in_as_a_listener()
    {
        await TakeAsync();
        await using var phone = await TestClient.ConnectAsync(_server, Wire.Protobuf);

        var joined = await phone.JoinAsync(_ada.RoomId, _token);

        Assert.That(joined.Self.Role, Is.EqualTo(Role.Listener));
        await AssertSilentAsync(phone);
    }

    [Test]
    public async Task Leaving_and_joining_again_or_by_WHIP_gives_nothing_back()
    {
        await TakeAsync();
        await _bob.AskAsync(new ClientMessage { Leave = new Leave() });
        await using var again = await TestClient.ConnectAsync(_server, Wire.Json);
        await again.JoinAsync(_ada.RoomId, _token);
        await AssertSilentAsync(again);

        using var published = await _server.SendAsync(
            HttpMethod.Post,
            $"/v1/rooms/{_ada.RoomId}/whip",
            _token,
            "an offer",
            "application/sdp"
        );

        Assert.That((int)published.StatusCode, Is.EqualTo(403));
        await AssertSilentAsync(again);
    }

    [Test]
    public async Task A_publisher_by_WHIP_is_silenced_where_it_is()
    {
        using var published = await _server.SendAsync(
            HttpMethod.Post,
            $"/v1/rooms/{_ada.RoomId}/whip",
            SignalingHost.Token("obs", speak: true),
            "an offer",
            "application/sdp"
        );
        Assert.That((int)published.StatusCode, Is.EqualTo(201));
        var seen = await _ada.EventAsync(next => next.ParticipantChanged?.Identity == "obs");

        await TakeAsync(seen.ParticipantChanged.Id);

        Assert.That(_node.Node.SessionOf(seen.ParticipantChanged).Permissions.MayPublish, Is.False);
    }

    private Task TakeAsync() => TakeAsync(_bob.Self.Id);

    private Task TakeAsync(string participant) =>
        _ada.DoneAsync(
            new ClientMessage
            {
                SetRole = new SetRole { ParticipantId = participant, Role = Role.Listener },
            }
        );

    /// <summary>A later answer, so that whatever came before is in force.</summary>
    private async Task AssertSilentAsync(TestClient client)
    {
        await client.AskAsync(new ClientMessage { Ping = new Ping() });
        var sessions = _node.Node.Sessions.Values.Where(session => session.MediaId != _ada.Self.MediaId);
        Assert.That(sessions.Select(session => session.Permissions.MayPublish), Is.All.False);
    }
}
