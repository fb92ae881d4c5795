using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Server.WebSockets;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>What is WebSocket's own: origins, subprotocols, frames, deadlines, and clients that mean no good.</summary>
[TestFixture]
internal sealed class WebSocketTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(
            _node,
            options => options with { AllowedOrigins = ["https://app.example", "https://app.example:8443"] }
        );
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [TestCase(null, true)]
    [TestCase("http://{host}", true)]
    [TestCase("https://{host}", true)]
    [TestCase("https://app.example", true)]
    [TestCase("https://APP.example:8443", true)]
    [TestCase("http://app.example", false)]
    [TestCase("https://app.example:9999", false)]
    [TestCase("https://app.example.evil.example", false)]
    [TestCase("https://evil.example", false)]
    [TestCase("http://{host}.evil.example", false)]
    [TestCase("http://evil.example@{host}", false)]
    [TestCase("http://{host}/path", false)]
    [TestCase("null", false)]
    [TestCase("file://", false)]
    [TestCase("", false)]
    public async Task A_page_connects_only_from_an_origin_that_is_allowed(string? origin, bool isAllowed)
    {
        var concrete = origin?.Replace("{host}", _server.Http.Authority, StringComparison.Ordinal);
        var headers = Upgrade("spaces.v1.json");
        using var response = await _server.SendAsync(
            HttpMethod.Get,
            "/v1/signal",
            token: null,
            headers: concrete is null ? headers : [.. headers, ("Origin", concrete)]
        );

        Assert.That((int)response.StatusCode, Is.EqualTo(isAllowed ? 101 : 403));
    }

    [TestCase("spaces.v1.json", 101, "spaces.v1.json")]
    [TestCase("chat, spaces.v1.protobuf", 101, "spaces.v1.protobuf")]
    [TestCase("chat", 400, null)]
    public async Task A_subprotocol_of_ours_must_be_offered(string offered, int status, string? chosen)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/v1/signal", null, headers: Upgrade(offered));

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        var accepted = response.Headers.TryGetValues("Sec-WebSocket-Protocol", out var values) ? values.Single() : null;
        Assert.That(accepted, Is.EqualTo(chosen));
    }

    [Test]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, "/v1/signal", null);

        Assert.That((int)response.StatusCode, Is.EqualTo(426));
    }

    [Test]
    public async Task A_token_may_come_with_the_handshake_and_is_not_echoed()
    {
        var room = await _server.CreateRoomAsync("ada");
        await using var ada = await WebSocketTestClient.ConnectAsync(
            _server,
            isJson: true,
            token: SignalingHost.Token("ada")
        );

        await ada.JoinAsync(room, token: "");

        Assert.That(ada.Self.Identity, Is.EqualTo("ada"));
    }

    [Test]
    public async Task A_message_of_1_MiB_ends_its_connection_with_1009_and_no_other()
    {
        await using var ada = await HostAsync();
        await using var eve = await JoinAsync(ada.RoomId, "eve");

        await eve.SendBytesAsync(new byte[1024 * 1024], WebSocketMessageType.Text);

        var goodbye = await eve.GoodbyeAsync();
        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.ProtocolError, GoodbyeAction.Stop)));
        Assert.That(goodbye.Message, Does.Contain("65536"));
        await eve.ClosedAsync();
        Assert.That(eve.CloseStatus, Is.EqualTo(WebSocketCloseStatus.MessageTooBig));
        Assert.That((await ada.AskAsync(new ClientMessage { Ping = new Ping() })).Pong, Is.Not.Null);
    }

    [TestCase(64 * 1024, true)]
    [TestCase((64 * 1024) + 1, false)]
    public async Task A_message_has_at_most_64_KiB(int length, bool isTaken)
    {
        await using var ada = await HostAsync();
        const string before = """{"requestId":"99","ping":{}""";

        await ada.SendTextAsync(before + new string(' ', length - before.Length - 1) + "}");

        var next = await ada.NextAsync(message => message.ReplyTo == 99 || message.Goodbye is not null);
        Assert.That(next.Pong is not null, Is.EqualTo(isTaken));
    }

    [TestCase("{", 0ul, "JSON")]
    [TestCase("", 0ul, "JSON")]
    [TestCase("[]", 0ul, "JSON")]
    [TestCase("""{"requestId":7,"fly":{}}""", 7ul, "fly")]
    [TestCase("""{"requestId":"8","ping":{"nonce":"x"}}""", 8ul, "JSON")]
    [TestCase("""{"requestId":9,"setRole":{"role":"ROLE_KING"}}""", 9ul, "JSON")]
    [TestCase("""{"requestId":1,"ping":{"nonce":99999999999999999999999}}""", 1ul, "JSON")]
    [TestCase("""{"requestId":2,"ping":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}""", 2ul, "JSON")]
    [TestCase("""{"requestId":3,"raiseHand":{"raised":"\ud800"}}""", 3ul, "JSON")]
    public async Task A_message_that_is_none_is_refused_saying_what_and_the_connection_goes_on(
        string text,
        ulong replyTo,
        string said
    )
    {
        await using var ada = await HostAsync();

        await ada.SendTextAsync(text);

        var refused = await ada.NextAsync(message => message.Refused is not null);
        Assert.That(refused.ReplyTo, Is.EqualTo(replyTo));
        Assert.That(refused.Refused.Code, Is.EqualTo("INVALID_ARGUMENT"));
        Assert.That(refused.Refused.Message, Does.Contain(said));
        await ada.SendTextAsync("""{"requestId":"100","ping":{"nonce":"5"}}""");
        Assert.That((await ada.NextAsync(message => message.ReplyTo == 100)).Pong.Nonce, Is.EqualTo(5));
    }

    [Test]
    public void Any_bytes_are_a_message_or_a_problem_and_never_an_exception([Range(1, 30)] int seed)
    {
        var random = new Random(seed);
        const string pieces = "{}[]\":,0123456789eE+-.truefalsnjoiqstId\\u \n";
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            AssertDecodes(MessageCodec.Json, bytes);
            AssertDecodes(MessageCodec.Protobuf, bytes);
            var text = new string([.. Enumerable.Range(0, 60).Select(_ => pieces[random.Next(pieces.Length)])]);
            AssertDecodes(MessageCodec.Json, Encoding.UTF8.GetBytes("""{"requestId":1,"join":{""" + text));
        }
    }

    [Test]
    public async Task A_flood_of_bad_messages_ends_its_own_connection_and_disturbs_nobody()
    {
        await using var ada = await HostAsync();
        await using var eve = await JoinAsync(ada.RoomId, "eve");

        var flood = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 5_000; i++)
                {
                    await eve.SendTextAsync("{\"requestId\":1,\"bad\":");
                }
            }
            catch (WebSocketException)
            {
                // Cut off.
            }
        });
        var goodbye = await eve.GoodbyeAsync();

        Assert.That(goodbye.Reason, Is.EqualTo(GoodbyeReason.ProtocolError).Or.EqualTo(GoodbyeReason.TooSlow));
        Assert.That((await ada.AskAsync(new ClientMessage { Ping = new Ping() })).Pong, Is.Not.Null);
        await eve.ClosedAsync();
        await flood;
    }

    [Test]
    public async Task A_frame_of_the_wrong_type_is_a_protocol_error()
    {
        await using var ada = await HostAsync();

        await ada.SendBytesAsync([1, 2, 3], WebSocketMessageType.Binary);

        Assert.That((await ada.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.ProtocolError));
        await ada.ClosedAsync();
        Assert.That(ada.CloseStatus, Is.EqualTo(WebSocketCloseStatus.InvalidMessageType));
    }

    [Test]
    public async Task Whatever_else_comes_before_join_is_refused()
    {
        await using var eve = await WebSocketTestClient.ConnectAsync(_server, isJson: true);

        await eve.RefusedAsync(new ClientMessage { Ping = new Ping() });

        Assert.That((await eve.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Refused));
    }

    [Test]
    public async Task Who_says_nothing_is_let_go()
    {
        await using var server = await SignalingHost.StartAsync(
            _node,
            options =>
                options with
                {
                    FirstMessageTimeout = TimeSpan.FromMilliseconds(400),
                    PingInterval = TimeSpan.FromMilliseconds(400),
                }
        );
        await using var mute = await WebSocketTestClient.ConnectAsync(server, isJson: true);
        Assert.That((await mute.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Timeout));
        await using var ada = await WebSocketTestClient.ConnectAsync(server, isJson: true);
        await ada.JoinAsync(await server.CreateRoomAsync("ada"), SignalingHost.Token("ada"));

        var goodbye = await ada.GoodbyeAsync();

        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.Timeout, GoodbyeAction.Resume)));
    }

    [Test]
    public async Task Who_does_not_read_is_let_go_before_much_is_kept_for_them()
    {
        var sessions = _server.Services.GetRequiredService<ClientSessions>();
        var session = sessions.Open(token: null);
        for (var i = 0; i < Outbox.CountMax; i++)
        {
            session.Send(new ServerMessage { Audience = new Audience() });
        }

        Assert.That(session.IsEnded, Is.False);
        session.Send(new ServerMessage { Audience = new Audience() });

        Assert.That((session.IsEnded, session.EndReason), Is.EqualTo((true, GoodbyeReason.TooSlow)));
        await sessions.CloseAsync(session);
    }

    [Test]
    public async Task Large_messages_count_by_their_bytes()
    {
        var sessions = _server.Services.GetRequiredService<ClientSessions>();
        var session = sessions.Open(token: null);
        var large = new ServerMessage { MediaOpened = new MediaOpened { SdpAnswer = new string('x', 60_000) } };
        for (var i = 0; i < 18; i++)
        {
            session.Send(large);
        }

        Assert.That(session.EndReason, Is.EqualTo(GoodbyeReason.TooSlow));
        await sessions.CloseAsync(session);
    }

    private static void AssertDecodes(MessageCodec codec, byte[] bytes)
    {
        var isMessage = codec.TryDecode(bytes, out var message, out _, out var problem);
        Assert.That(isMessage ? message : (object?)problem, Is.Not.Null);
    }

    private static (string, string)[] Upgrade(string protocols) =>
        [
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Sec-WebSocket-Protocol", protocols),
        ];

    private async Task<WebSocketTestClient> HostAsync() => await JoinAsync(await _server.CreateRoomAsync("ada"), "ada");

    private async Task<WebSocketTestClient> JoinAsync(string room, string identity)
    {
        var client = await WebSocketTestClient.ConnectAsync(_server, isJson: true);
        await client.JoinAsync(room, SignalingHost.Token(identity));
        return client;
    }
}
