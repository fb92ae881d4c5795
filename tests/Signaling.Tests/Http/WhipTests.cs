using System.Net;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Http;

/// <summary>WHIP (RFC 9725) and WHEP, verb by verb.</summary>
[TestFixture]
internal sealed class WhipTests
{
    private const string Sdp = "application/sdp";
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string Send = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n";
    private const string Receive = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\n";
    private const string Candidates =
        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=candidate:1 1 udp 1 ::1 9 typ host\r\n";

    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;
    private TestClient _ada = null!;

    private string Room => _ada.RoomId;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(
            _node,
            options => options with { AllowedOrigins = ["https://app.example"] }
        );
        _ada = await TestClient.ConnectAsync(_server, Wire.Json);
        await _ada.JoinAsync(await _server.CreateRoomAsync("ada"), SignalingHost.Token("ada"));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _ada.DisposeAsync();
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task A_publisher_comes_on_stage_and_goes_with_DELETE()
    {
        using var created = await PostAsync("whip", Send, SignalingHost.Token("obs", speak: true));

        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(created.Content.Headers.ContentType!.MediaType, Is.EqualTo(Sdp));
        Assert.That(await created.Content.ReadAsStringAsync(), Is.EqualTo($"answer to {Send}"));
        Assert.That(created.Headers.ETag!.Tag, Does.StartWith("\"ufrag-of-"));
        var location = created.Headers.Location!.OriginalString;
        Assert.That(location, Does.Match($"^/v1/rooms/{Room}/whip/[A-Za-z0-9_-]{{22}}.[A-Za-z0-9_-]{{22}}$"));
        var seen = await _ada.EventAsync(next => next.ParticipantChanged?.Identity == "obs");
        Assert.That(
            _node.Node.SessionOf(seen.ParticipantChanged).Permissions,
            Is.EqualTo(new SessionPermissions { MayPublish = true })
        );

        using var deleted = await _server.SendAsync(HttpMethod.Delete, location, SignalingHost.Token("obs"));

        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == seen.ParticipantChanged.Id);
        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(seen.ParticipantChanged));
        using var again = await _server.SendAsync(HttpMethod.Delete, location, SignalingHost.Token("obs"));
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Without_the_right_to_speak_one_is_refused_and_never_a_silent_listener()
    {
        using var refused = await PostAsync("whip", Send, SignalingHost.Token("obs"));

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(refused.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_hosts_no_holds_for_WHIP_too()
    {
        using var created = await PostAsync("whip", Send, SignalingHost.Token("obs", speak: true));
        var seen = await _ada.EventAsync(next => next.ParticipantChanged?.Identity == "obs");
        var take = new SetRole { ParticipantId = seen.ParticipantChanged.Id, Role = Role.Listener };
        await _ada.DoneAsync(new ClientMessage { SetRole = take });
        Assert.That(_node.Node.SessionOf(seen.ParticipantChanged).Permissions.MayPublish, Is.False);

        using var again = await PostAsync("whip", Send, SignalingHost.Token("obs", speak: true));

        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_player_listens_without_a_place_among_the_speakers()
    {
        using var created = await PostAsync("whep", Receive, SignalingHost.Token("vlc", speak: true));

        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        var session = _node.Node.Sessions.Values.Single(next => next.MediaId != _ada.Self.MediaId);
        Assert.That(session.Permissions, Is.EqualTo(new SessionPermissions { MaySubscribe = true }));
        await _ada.NextAsync(message => message.Audience is { ListenerCount: 1 });
        _node.Node.Lose(session.SessionId, SessionLostReason.ConsentExpired);
        await _ada.NextAsync(message => message.Audience is { ListenerCount: 0 });
    }

    [Test]
    public async Task A_publisher_whose_media_is_lost_has_left()
    {
        using var created = await PostAsync("whip", Send, SignalingHost.Token("obs", speak: true));
        var seen = await _ada.EventAsync(next => next.ParticipantChanged?.Identity == "obs");

        _node.Node.Lose(_node.Node.SessionOf(seen.ParticipantChanged).SessionId, SessionLostReason.Closed);

        await _ada.EventAsync(next => next.ParticipantGone?.ParticipantId == seen.ParticipantChanged.Id);
    }

    [Test]
    public async Task PATCH_takes_candidates_and_restarts_ice_under_the_preconditions_of_the_standard()
    {
        var token = SignalingHost.Token("obs", speak: true);
        using var created = await PostAsync("whip", Send, token);
        var location = created.Headers.Location!.OriginalString;
        var tag = created.Headers.ETag!.Tag;

        using var missing = await PatchAsync(location, token, ifMatch: null);
        using var wrong = await PatchAsync(location, token, "\"another\"");
        using var trickled = await PatchAsync(location, token, tag);
        using var broken = await PatchAsync(location, token, tag, "no fragment");
        using var typed = await PatchAsync(location, token, tag, Candidates, "text/plain");
        using var restarted = await PatchAsync(location, token, "*");
        using var stale = await PatchAsync(location, token, tag);

        Assert.Multiple(async () =>
        {
            Assert.That((int)missing.StatusCode, Is.EqualTo(428));
            Assert.That((int)wrong.StatusCode, Is.EqualTo(412));
            Assert.That((int)trickled.StatusCode, Is.EqualTo(204));
            Assert.That(trickled.Headers.ETag, Is.Null);
            Assert.That((int)broken.StatusCode, Is.EqualTo(400));
            Assert.That((int)typed.StatusCode, Is.EqualTo(415));
            Assert.That((int)restarted.StatusCode, Is.EqualTo(200));
            Assert.That(restarted.Content.Headers.ContentType!.MediaType, Is.EqualTo(Fragment));
            Assert.That(restarted.Headers.ETag!.Tag, Is.Not.EqualTo(tag));
            Assert.That(
                await restarted.Content.ReadAsStringAsync(),
                Is.EqualTo("restarted with abcd:0123456789012345678901")
            );
            Assert.That((int)stale.StatusCode, Is.EqualTo(412));
        });
    }

    [Test]
    public async Task Nobody_touches_the_session_of_another()
    {
        using var created = await PostAsync("whip", Send, SignalingHost.Token("obs", speak: true));
        var location = created.Headers.Location!.OriginalString;
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete, HttpMethod.Patch })
        {
            using var nobody = await _server.SendAsync(method, location, null);
            using var eve = await _server.SendAsync(method, location, SignalingHost.Token("eve"));
            using var elsewhere = await _server.SendAsync(
                method,
                location,
                SignalingHost.Token("obs", room: "another")
            );

            Assert.That((int)nobody.StatusCode, Is.EqualTo(401));
            Assert.That(nobody.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
            Assert.That((int)eve.StatusCode, Is.EqualTo(403));
            Assert.That((int)elsewhere.StatusCode, Is.EqualTo(403));
        }

        using var admin = await _server.SendAsync(HttpMethod.Delete, location, SignalingHost.Token("ops", admin: true));
        Assert.That((int)admin.StatusCode, Is.EqualTo(200));
    }

    [TestCase("whip", Receive, 422)]
    [TestCase("whip", "a=inactive", 422)]
    [TestCase("whip", "", 422)]
    [TestCase("whep", Send, 422)]
    public async Task An_offer_in_the_wrong_direction_is_refused_whole(string path, string offer, int status)
    {
        using var response = await PostAsync(path, offer, SignalingHost.Token("obs", speak: true));

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("detail"));
    }

    [Test]
    public async Task Errors_have_the_status_the_standard_wants()
    {
        var token = SignalingHost.Token("obs", speak: true);
        using var typed = await _server.SendAsync(HttpMethod.Post, $"/v1/rooms/{Room}/whip", token, Send, "text/plain");
        using var nobody = await PostAsync("whip", Send, "");
        using var unknown = await _server.SendAsync(HttpMethod.Post, "/v1/rooms/none/whip", token, Send, Sdp);
        using var put = await _server.SendAsync(HttpMethod.Put, $"/v1/rooms/{Room}/whip", token, Send, Sdp);
        _node.Node.OpenSessionFails = new(global::Grpc.Core.StatusCode.ResourceExhausted, "full");
        using var full = await PostAsync("whip", Send, token);

        Assert.Multiple(() =>
        {
            Assert.That((int)typed.StatusCode, Is.EqualTo(415));
            Assert.That((int)nobody.StatusCode, Is.EqualTo(401));
            Assert.That((int)unknown.StatusCode, Is.EqualTo(404));
            Assert.That((int)put.StatusCode, Is.EqualTo(405));
            Assert.That((int)full.StatusCode, Is.EqualTo(503));
            Assert.That(full.Headers.RetryAfter, Is.Not.Null);
        });
    }

    [Test]
    public async Task OPTIONS_says_what_to_post_and_pages_of_allowed_origins_may_call()
    {
        using var options = await _server.SendAsync(HttpMethod.Options, $"/v1/rooms/{Room}/whip", null);
        using var preflight = await _server.SendAsync(
            HttpMethod.Options,
            $"/v1/rooms/{Room}/whip",
            null,
            headers: [("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST")]
        );
        using var head = await _server.SendAsync(HttpMethod.Head, $"/v1/rooms/{Room}/whep", SignalingHost.Token("vlc"));

        Assert.That(options.Headers.GetValues("Accept-Post"), Is.EqualTo([Sdp]));
        Assert.That(preflight.Headers.GetValues("Access-Control-Allow-Origin"), Is.EqualTo(["https://app.example"]));
        Assert.That(head.Content.Headers.ContentType!.MediaType, Is.EqualTo(Sdp));
    }

    private Task<HttpResponseMessage> PostAsync(string path, string offer, string token) =>
        _server.SendAsync(HttpMethod.Post, $"/v1/rooms/{Room}/{path}", token, offer, Sdp);

    private Task<HttpResponseMessage> PatchAsync(
        string location,
        string token,
        string? ifMatch,
        string body = Candidates,
        string type = Fragment
    ) =>
        _server.SendAsync(
            HttpMethod.Patch,
            location,
            token,
            body,
            type,
            ifMatch is null ? [] : [("If-Match", ifMatch)]
        );
}
