using System.Text.Json;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>
/// Goal: who reads the log can neither join nor impersonate. Method: tokens, keys and offers passing through good and
/// bad requests over every way in, while every level is logged.
/// </summary>
[TestFixture]
internal sealed class SecretsInLogsTests
{
    private const string Password = "icePasswordOfTheOffer";
    private const string Offer = $"v=0\r\na=ice-pwd:{Password}\r\n";

    private readonly List<string> _secrets = [MediaNode.ControlKey, "the secret of the tests", Password];

    [Test]
    public async Task No_secret_is_logged_at_any_level()
    {
        using var log = new LogCollector();
        await using var node = await MediaNodeHost.StartAsync();
        await using (var server = await SignalingHost.StartAsync(node, configure: null, log))
        {
            var room = await server.CreateRoomAsync("ada");
            foreach (var wire in Enum.GetValues<Wire>())
            {
                await TalkAsync(server, wire, room);
            }

            await JoinBadlyAsync(server, room);
            await PublishAsync(server, room);
            await CallAsync(server, room);
        }

        var text = string.Join('\n', log.Lines);
        Assert.That(text, Does.Contain("Trace ").And.Contains("Debug ").And.Contains("joined"), "all is logged");
        Assert.That(_secrets.Where(text.Contains), Is.Empty);
    }

    /// <summary>A token whose claims and signature are secrets.</summary>
    private string Token(string identity)
    {
        var token = SignalingHost.Token(identity, speak: true);
        _secrets.AddRange(token.Split('.')[1..]);
        return token;
    }

    private async Task TalkAsync(SignalingHost server, Wire wire, string room)
    {
        await using var ada = await TestClient.ConnectAsync(server, wire);
        await ada.JoinAsync(room, Token("ada"), Offer);
        var resumeToken = ada.ResumeToken;
        _secrets.AddRange(resumeToken.Split('.')[1..]);
        await ada.AskAsync(new ClientMessage { OpenMedia = new OpenMedia { SdpOffer = Offer } });
        await ada.AskAsync(new ClientMessage { RestartIce = new RestartIce { SdpOffer = Offer } });
        await using var back = await TestClient.ConnectAsync(server, wire);
        await back.ResumeAsync(resumeToken, 0);
        _secrets.AddRange(back.ResumeToken.Split('.')[1..]);
    }

    private async Task JoinBadlyAsync(SignalingHost server, string room)
    {
        var token = Token("eve");
        await using var carried = await WebSocketTestClient.ConnectAsync(server, isJson: true, token: token);
        await carried.SendTextAsync($$"""{"requestId":"1","join":{"token":"{{token}}","sdpOffer":7} }""");
        await carried.GoodbyeAsync();
        await using var forged = await TestClient.ConnectAsync(server, Wire.Json);
        var join = new Join
        {
            RoomId = room,
            Token = token + "x",
            SdpOffer = Offer,
        };
        await forged.RefusedAsync(new ClientMessage { Join = join });
        await using var stale = await TestClient.ConnectAsync(server, Wire.Grpc);
        await stale.RefusedAsync(new ClientMessage { Resume = new Resume { ResumeToken = token } });
    }

    private async Task PublishAsync(SignalingHost server, string room)
    {
        var token = Token("obs");
        using var published = await server.SendAsync(
            HttpMethod.Post,
            $"/v1/rooms/{room}/whip",
            token,
            Offer,
            "application/sdp"
        );
        Assert.That((int)published.StatusCode, Is.EqualTo(201));
        using var refused = await server.SendAsync(
            HttpMethod.Patch,
            published.Headers.Location!.ToString(),
            token,
            $"a=ice-pwd:{Password}",
            "application/trickle-ice-sdpfrag",
            ("If-Match", "*")
        );
        Assert.That((int)refused.StatusCode, Is.EqualTo(400));
    }

    private async Task CallAsync(SignalingHost server, string room)
    {
        using var given = await server.SendAsync(
            HttpMethod.Post,
            "/v1/dev/token",
            null,
            """{"identity":"dev","name":"Dev"}""",
            "application/json"
        );
        using var body = JsonDocument.Parse(await given.Content.ReadAsStringAsync());
        var token = body.RootElement.GetProperty("token").GetString()!;
        _secrets.AddRange(token.Split('.')[1..]);
        using var forged = await server.CallAsync("GetRoom", $$"""{"roomId":"{{room}}"}""", token + "x");
        using var malformed = await server.CallAsync("GetRoom", $$"""{"roomId":{{Password}}}""", token);
        Assert.That(((int)forged.StatusCode, (int)malformed.StatusCode), Is.EqualTo((401, 400)));
    }
}
