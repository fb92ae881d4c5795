using System.Net;
using System.Text.Json;
using Spaces.Signaling.Server;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Http;

/// <summary>The rest of the HTTP port: rooms by Connect/JSON, development tokens, the page, health, metrics.</summary>
[TestFixture]
internal sealed class HttpTests
{
    private readonly string _page = Directory.CreateTempSubdirectory("spaces-page-").FullName;
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_page, "index.html"), "<!doctype html><title>Spaces</title>");
        Directory.CreateDirectory(Path.Combine(_page, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_page, "assets", "app.js"), "export {}");
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(_node, options => options with { WebRoot = _page });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _node.DisposeAsync();
        Directory.Delete(_page, recursive: true);
    }

    [Test]
    public async Task A_room_is_created_read_listed_renamed_and_ended_by_request()
    {
        var ada = SignalingHost.Token("ada");
        var room = await _server.CreateRoomAsync("ada");
        var id = $$"""{"roomId":"{{room}}"}""";

        var renamed = await BodyAsync("UpdateRoom", $$"""{"roomId":"{{room}}","title":"Other"}""", ada);
        var listed = await BodyAsync("ListRooms", "{}", ada);
        var ended = await BodyAsync("EndRoom", id, ada);
        var again = await BodyAsync("EndRoom", id, ada);
        var read = await BodyAsync("GetRoom", id, ada);

        Assert.Multiple(() =>
        {
            Assert.That(renamed, Does.Contain("Other"));
            Assert.That(listed, Does.Contain(room));
            Assert.That(ended, Does.Contain("ROOM_STATE_ENDED"));
            Assert.That(again, Does.Contain("ROOM_STATE_ENDED"));
            Assert.That(read, Does.Contain("endedAt"));
        });
    }

    [Test]
    public async Task Every_method_asks_for_its_grant_and_its_room()
    {
        var room = await _server.CreateRoomAsync("ada");
        var id = $$"""{"roomId":"{{room}}"}""";
        var rename = $$"""{"roomId":"{{room}}","title":"Mine"}""";
        (string Method, string Body, string? Token, int Status)[] cases =
        [
            ("CreateRoom", """{"title":"x"}""", null, 401),
            ("CreateRoom", """{"title":"x"}""", "garbage", 401),
            ("CreateRoom", """{"title":"x"}""", SignalingHost.Token("eve", create: false), 403),
            ("CreateRoom", """{"title":""}""", SignalingHost.Token("eve"), 400),
            ("GetRoom", id, SignalingHost.Token("eve", room: "another"), 403),
            ("GetRoom", id, SignalingHost.Token("eve", join: false), 403),
            ("GetRoom", """{"roomId":"nowhere"}""", SignalingHost.Token("eve"), 404),
            ("ListRooms", "{}", SignalingHost.Token("eve", join: false), 403),
            ("ListRooms", """{"pageSize":201}""", SignalingHost.Token("eve"), 400),
            ("ListRooms", """{"pageToken":"x"}""", SignalingHost.Token("eve"), 400),
            ("UpdateRoom", rename, SignalingHost.Token("eve"), 403),
            ("UpdateRoom", rename, SignalingHost.Token("ops", room: "another", admin: true), 403),
            ("UpdateRoom", rename, SignalingHost.Token("ops", admin: true), 200),
            ("EndRoom", id, SignalingHost.Token("eve"), 403),
            ("EndRoom", id, SignalingHost.Token("ops", room: "another", admin: true), 403),
            ("EndRoom", id, SignalingHost.Token("ops", room: room, admin: true), 200),
        ];
        foreach (var (method, body, token, status) in cases)
        {
            using var response = await _server.CallAsync(method, body, token);
            var text = await response.Content.ReadAsStringAsync();
            Assert.That((int)response.StatusCode, Is.EqualTo(status), $"{method} {body}: {text}");
        }
    }

    [Test]
    public async Task Rooms_are_listed_by_pages_and_a_token_for_one_room_sees_that_room()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await _server.CreateRoomAsync("ada"));
        }

        var seen = new List<string>();
        var page = "";
        do
        {
            var body = await BodyAsync(
                "ListRooms",
                $$"""{"pageSize":2,"pageToken":"{{page}}"}""",
                SignalingHost.Token("eve")
            );
            using var json = JsonDocument.Parse(body);
            seen.AddRange(
                json.RootElement.GetProperty("rooms").EnumerateArray().Select(r => r.GetProperty("id").GetString()!)
            );
            page = json.RootElement.TryGetProperty("nextPageToken", out var next) ? next.GetString() : "";
        } while (!string.IsNullOrEmpty(page));

        Assert.That(seen, Is.Unique);
        Assert.That(seen.Where(ids.Contains), Is.EqualTo(ids.AsEnumerable().Reverse()));
        var one = await BodyAsync("ListRooms", "{}", SignalingHost.Token("eve", room: ids[2]));
        Assert.That(JsonDocument.Parse(one).RootElement.GetProperty("rooms").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_development_token_opens_what_it_was_asked_for()
    {
        using var response = await DevTokenAsync("""{"identity":"ada","name":"Ada"}""");
        var token = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("token");
        using var created = await _server.CallAsync("CreateRoom", """{"title":"x"}""", token.GetString());
        using var fewer = await DevTokenAsync("""{"identity":"bob","name":"Bob","grants":{"join":true}}""");
        var less = JsonDocument.Parse(await fewer.Content.ReadAsStringAsync()).RootElement.GetProperty("token");
        using var refused = await _server.CallAsync("CreateRoom", """{"title":"x"}""", less.GetString());

        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"identity":""}""")]
    [TestCase("""{"identity":"a","name":"x\ny"}""")]
    [TestCase("""{"identity":"a","grants":[]}""")]
    [TestCase("""{"identity":"a","grants":{"room":7}}""")]
    public async Task A_development_token_wants_a_request_that_makes_sense(string body)
    {
        using var response = await DevTokenAsync(body);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Outside_development_nobody_gets_a_token()
    {
        await using var server = await SignalingHost.StartAsync(
            _node,
            options => options with { Development = false, WebRoot = "/nonexistent" }
        );

        using var response = await server.SendAsync(
            HttpMethod.Post,
            "/v1/dev/token",
            null,
            """{"identity":"ada","name":"Ada"}""",
            "application/json"
        );

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("development only"));
    }

    [TestCase("/")]
    [TestCase("/r/some-room")]
    public async Task The_page_is_served_with_headers_that_guard_it(string path)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, path, null);

        Assert.Multiple(async () =>
        {
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Spaces"));
            Assert.That(response.Headers.GetValues("Permissions-Policy").Single(), Does.Contain("microphone=(self)"));
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.That(policy, Does.Contain("default-src 'none'").And.Contain($"ws://{_server.Http.Authority}"));
            Assert.That(policy, Does.Contain("script-src 'self';").And.Not.Contain("unsafe"));
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(["nosniff"]));
            Assert.That(response.Headers.CacheControl!.NoCache, Is.True);
        });
    }

    [Test]
    public async Task Files_of_the_page_are_kept_and_others_are_not_there()
    {
        using var script = await _server.SendAsync(HttpMethod.Get, "/assets/app.js", null);
        using var nothing = await _server.SendAsync(HttpMethod.Get, "/assets/none.js", null);
        using var above = await _server.SendAsync(HttpMethod.Get, "/..%2f..%2fetc/passwd", null);

        Assert.That(script.Headers.CacheControl!.ToString(), Does.Contain("immutable"));
        Assert.That(nothing.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(above.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Health_readiness_and_metrics_are_told()
    {
        using var healthy = await _server.SendAsync(HttpMethod.Get, "/healthz", null);
        using var ready = await _server.SendAsync(HttpMethod.Get, "/readyz", null);
        var metrics = await _server.Client.GetStringAsync(new Uri(_server.Http, "/metrics"));

        Assert.That((healthy.StatusCode, ready.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(metrics, Does.Contain("# TYPE spaces_signaling_rooms gauge"));
        Assert.That(metrics, Does.Match("spaces_signaling_node_up\\{node=\"127.0.0.1:\\d+\"\\} 1\n"));
    }

    [Test]
    public void Settings_that_are_wrong_are_all_named_at_once()
    {
        var settings = new Dictionary<string, string>
        {
            ["SPACES_HTTP_PORT"] = "eighty",
            ["SPACES_API_KEYS"] = "key:short",
            ["SPACES_SFU_NODES"] = "ftp://x",
            ["SPACES_ALLOWED_ORIGINS"] = "https://a.example/path",
            ["SPACES_DEVELOPMENT"] = "yes",
            ["SPACES_TLS_CERTIFICATE"] = "/nonexistent.pem",
            ["SPACES_LISTEN_ADDRESS"] = "here",
        };

        var error = Assert.Throws<SettingsException>(() => SignalingOptions.Read(settings.GetValueOrDefault));

        Assert.That(
            settings.Keys.Append("SPACES_CONTROL_KEY"),
            Is.All.Matches<string>(name => error!.Message.Contains(name!, StringComparison.Ordinal))
        );
        Assert.That(error!.Message, Does.Not.Contain("short"), "no secret is shown");
    }

    [Test]
    public void Settings_that_are_right_are_taken()
    {
        var settings = new Dictionary<string, string>
        {
            ["SPACES_API_KEYS"] = "a:0123456789abcdef0123456789abcdef, b:0123456789abcdef:123456789abcdefg",
            ["SPACES_SFU_NODES"] = "http://127.0.0.1:8090,http://[::1]:8090",
            ["SPACES_CONTROL_KEY"] = "x",
        };

        var options = SignalingOptions.Read(settings.GetValueOrDefault);

        Assert.That((options.HttpPort, options.GrpcPort, options.Development), Is.EqualTo((8080, 8081, false)));
        Assert.That(options.ApiKeys.Select(key => key.Id), Is.EqualTo(["a", "b"]));
        Assert.That(options.SfuNodes, Has.Length.EqualTo(2));
    }

    private Task<HttpResponseMessage> DevTokenAsync(string body) =>
        _server.SendAsync(HttpMethod.Post, "/v1/dev/token", null, body, "application/json");

    private async Task<string> BodyAsync(string method, string json, string token)
    {
        using var response = await _server.CallAsync(method, json, token);
        var body = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), body);
        return body;
    }
}
