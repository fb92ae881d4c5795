using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Webhooks;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Webhooks;

/// <summary>
/// Goal: every event of a Space's log reaches the operator's own system, signed and in order, whatever happens to that
/// system meanwhile. Method: a real HTTP receiver that refuses, hangs, dies and comes back; what it took is compared
/// with the log.
/// </summary>
[TestFixture]
internal sealed class WebhookTests
{
    private const string Secret = "a secret that only the two of them know";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private WebhookReceiver _receiver = null!;
    private GrpcChannel _channel = null!;
    private WebhookService.WebhookServiceClient _webhooks = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _receiver = await WebhookReceiver.StartAsync();
        _host = await SignalingHost.StartAsync(
            _node,
            options =>
                options with
                {
                    WebhookPrivate = true,
                    WebhookTimings = WebhookTimings.Default with
                    {
                        AnswerMax = TimeSpan.FromSeconds(2),
                        BackoffMin = TimeSpan.FromMilliseconds(100),
                        BackoffMax = TimeSpan.FromSeconds(1),
                    },
                }
        );
        _channel = GrpcChannel.ForAddress(_host.Grpc);
        _webhooks = new WebhookService.WebhookServiceClient(_channel);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Every_event_arrives_signed_and_in_order()
    {
        var webhook = await CreateAsync();
        var room = await _host.CreateRoomAsync("ada");
        await TalkAsync(room);
        await EndAsync(room);

        await AssertWholeAsync(room);

        Assert.That(Events()[0].Event, Is.EqualTo("room_started"));
        Assert.That(Events()[^1].Event, Is.EqualTo("room_finished"));
        Assert.That(
            Events().Select(each => each.Event),
            Does.Contain("speaker_requested").And.Contain("speaker_added")
        );
        Assert.That(Events().Select(each => each.Id), Is.Unique);
        foreach (var received in _receiver.Taken)
        {
            AssertSigned(received, webhook.Webhook.Id);
        }
    }

    [Test]
    public async Task Nothing_is_lost_or_out_of_order_when_the_receiver_refuses_hangs_dies_and_comes_back()
    {
        await CreateAsync();
        var room = await _host.CreateRoomAsync("ada");
        _receiver.Refuse(3);
        await TalkAsync(room);
        _receiver.Hang(1);
        await TalkAsync(room);
        await _receiver.DieAsync();
        await TalkAsync(room);
        await _receiver.ComeBackAsync();
        await EndAsync(room);

        await AssertWholeAsync(room);
    }

    [Test]
    public async Task A_room_is_sent_again_from_a_number_on_when_it_is_asked_for()
    {
        var webhook = await CreateAsync();
        var room = await _host.CreateRoomAsync("ada");
        await TalkAsync(room);
        await EndAsync(room);
        await AssertWholeAsync(room);
        var before = _receiver.Taken.Count;

        var replay = new ReplayWebhooksRequest
        {
            WebhookId = webhook.Webhook.Id,
            RoomId = room,
            FromNumber = 3,
        };
        await _webhooks.ReplayWebhooksAsync(replay, AccountCalls.Operator);

        var version = await VersionAsync(room);
        await Eventually.TrueAsync(() => _receiver.Taken.Count == before + version - 2);
        var again = Events().Skip(before).Select(each => (long)each.Number);
        Assert.That(again, Is.EqualTo(Enumerable.Range(3, (int)version - 2)));
        replay.FromNumber = (ulong)version + 1;
        await AccountCalls.RefusedAsync(
            _webhooks.ReplayWebhooksAsync(replay, AccountCalls.Operator),
            StatusCode.InvalidArgument
        );
    }

    [Test]
    public async Task A_webhook_gets_only_the_events_it_wants_and_nothing_after_it_is_deleted()
    {
        var webhook = await CreateAsync("room_finished");
        var room = await _host.CreateRoomAsync("ada");
        await TalkAsync(room);
        await EndAsync(room);
        await Eventually.TrueAsync(() => _receiver.Taken.Count == 1);
        Assert.That(Events().Single().Event, Is.EqualTo("room_finished"));

        var delete = new DeleteWebhookRequest { WebhookId = webhook.Webhook.Id };
        await _webhooks.DeleteWebhookAsync(delete, AccountCalls.Operator);
        var left = await _webhooks.ListWebhooksAsync(new ListWebhooksRequest(), AccountCalls.Operator);
        Assert.That(left.Webhooks, Is.Empty);
    }

    [Test]
    public async Task Webhooks_are_the_operators_alone_and_are_listed_without_their_secrets()
    {
        await CreateAsync();
        await AccountCalls.RefusedAsync(
            _webhooks.ListWebhooksAsync(new ListWebhooksRequest(), AccountCalls.Person("ada")),
            StatusCode.PermissionDenied
        );
        var listed = await _webhooks.ListWebhooksAsync(new ListWebhooksRequest(), AccountCalls.Operator);
        Assert.That(listed.ToString(), Does.Contain(_receiver.Url.AbsoluteUri).And.Not.Contain(Secret));
        foreach (
            var url in new[] { "ftp://example.org/", "http://169.254.169.254/latest", "https://user@example.org/" }
        )
        {
            var create = new CreateWebhookRequest { Url = url };
            await AccountCalls.RefusedAsync(
                _webhooks.CreateWebhookAsync(create, AccountCalls.Operator),
                StatusCode.InvalidArgument
            );
        }
    }

    private async Task<CreateWebhookResponse> CreateAsync(params string[] events) =>
        await _webhooks.CreateWebhookAsync(
            new CreateWebhookRequest
            {
                Url = _receiver.Url.AbsoluteUri,
                Secret = Secret,
                Events = { events },
            },
            AccountCalls.Operator
        );

    /// <summary>Somebody comes, asks for the word, gets it, and goes.</summary>
    private async Task TalkAsync(string room)
    {
        await using var ada = await TestClient.ConnectAsync(_host, Wire.Json);
        await ada.JoinAsync(room, SignalingHost.Token("ada"), offer: "");
        await using var bob = await TestClient.ConnectAsync(_host, Wire.Json);
        await bob.JoinAsync(room, SignalingHost.Token("bob"), offer: "");
        if (bob.Self.Role != V1.Role.Speaker)
        {
            await bob.DoneAsync(new ClientMessage { RaiseHand = new RaiseHand { Raised = true } });
            var role = new SetRole { ParticipantId = bob.Self.Id, Role = V1.Role.Speaker };
            await ada.DoneAsync(new ClientMessage { SetRole = role });
        }

        await bob.AskAsync(new ClientMessage { Leave = new Leave() });
    }

    private async Task EndAsync(string room) =>
        await _host.CallAsync("EndRoom", $$"""{"roomId":"{{room}}"}""", SignalingHost.Token("ada"));

    private async Task<long> VersionAsync(string room) =>
        (await _host.Services.GetRequiredService<IRoomStore>().LoadAsync(new RoomId(room), default))!.Version;

    private WebhookEvent[] Events() =>
        [.. _receiver.Taken.Select(received => Parser.Parse<WebhookEvent>(Encoding.UTF8.GetString(received.Body)))];

    /// <summary>The receiver took every number of the log, in order; repetitions do not count.</summary>
    private async Task AssertWholeAsync(string room)
    {
        var version = await VersionAsync(room);
        await Eventually.TrueAsync(() => Events().Any(each => (long)each.Number == version));
        var numbers = Events().Select(each => (long)each.Number).ToArray();
        Assert.That(numbers.Distinct(), Is.EqualTo(Enumerable.Range(1, (int)version)));
        Assert.That(Events().Select(each => each.RoomId).Distinct(), Is.EqualTo(new[] { room }));
    }

    private static void AssertSigned(Received received, string webhook)
    {
        Assert.That(received.ContentType, Is.EqualTo("application/webhook+json"));
        var parts = received.Authorization.Split('.');
        var signature = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Secret),
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}")
        );
        Assert.That(Base64Url.EncodeToString(signature), Is.EqualTo(parts[2]));
        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        var hash = Convert.ToBase64String(SHA256.HashData(received.Body));
        Assert.That(claims.GetProperty("sha256").GetString(), Is.EqualTo(hash));
        Assert.That(claims.GetProperty("iss").GetString(), Is.EqualTo(webhook));
    }
}
