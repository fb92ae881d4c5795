using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Server.Safety;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Safety;

/// <summary>
/// Goal: takedown orders and closed countries act in live Spaces, where they hold and nowhere else. Method: real
/// clients whose country the operator wrote.
/// </summary>
[TestFixture]
internal sealed class TakedownTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;
    private SafetyCalls _calls = null!;
    private string _room = "";

    [SetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node);
        _calls = new SafetyCalls(_host);
        _room = await _host.CreateRoomAsync("ada");
        await _calls.SetCountryAsync("indira", "IN");
        await _calls.SetCountryAsync("dieter", "DE");
    }

    [TearDown]
    public async Task StopAsync()
    {
        _calls.Dispose();
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task One_order_takes_down_1178_accounts_and_a_live_Space_everywhere()
    {
        await using var ada = await JoinAsync(_room, "ada");
        var other = await _host.CreateRoomAsync("bob");
        await using var named = await JoinAsync(other, "account-1177");
        var request = Order([], rooms: [_room]);
        request.Accounts.AddRange(Enumerable.Range(0, 1_178).Select(i => $"account-{i}"));

        var order = (await _calls.Takedowns.OrderTakedownAsync(request, SafetyCalls.Operator)).Order;

        Assert.That((order.AccountCount, order.RoomCount, order.InForce), Is.EqualTo((1_178u, 1u, true)));
        var ended = await ada.EventAsync(next => next.RoomEnded is not null);
        Assert.That(ended.RoomEnded.Reason, Is.EqualTo(RoomEndReason.TakenDown));
        await named.GoodbyeAsync();
        Assert.That(await RefusedAsync(other, "account-0"), Does.Contain("By order of a court. (Case 69A/1178.)"));
        Assert.That(await RefusedAsync(other, "somebody-else"), Is.Null);
        Assert.That(await _calls.AuditAsync(), Does.Contain("operator takedown.order 69A/1178"));
    }

    [Test]
    public async Task An_order_for_a_country_puts_its_people_out_of_the_Space_and_nobody_else()
    {
        await using var indira = await JoinAsync(_room, "indira");
        await using var dieter = await JoinAsync(_room, "dieter");

        var order = await _calls.Takedowns.OrderTakedownAsync(Order(["in"], rooms: [_room]), SafetyCalls.Operator);

        await indira.GoodbyeAsync();
        Assert.That(await RefusedAsync(_room, "indira"), Does.Contain("69A/1178"));
        Assert.That(await RefusedAsync(_room, "dieter-too"), Is.Null);
        Assert.That(dieter.Unread().Any(message => message.Goodbye is not null), Is.False);

        var lift = new LiftTakedownRequest { OrderId = order.Order.Id };
        var lifted = await _calls.Takedowns.LiftTakedownAsync(lift, SafetyCalls.Operator);
        Assert.That((lifted.Order.InForce, lifted.Order.LiftedAt is null), Is.EqualTo((false, false)));
        Assert.That(await RefusedAsync(_room, "indira"), Is.Null);
        await AccountCalls.RefusedAsync(
            _calls.Takedowns.LiftTakedownAsync(lift, SafetyCalls.Operator),
            StatusCode.FailedPrecondition
        );
    }

    [Test]
    public async Task Where_an_account_is_taken_down_nobody_hears_it()
    {
        await _calls.Takedowns.OrderTakedownAsync(Order(["IN"], accounts: ["mallory"]), SafetyCalls.Operator);
        await using var indira = await JoinAsync(_room, "indira");
        await using var dieter = await JoinAsync(_room, "dieter");

        await using var mallory = await JoinAsync(_room, "mallory", speak: true);

        await indira.GoodbyeAsync();
        Assert.That(dieter.Unread().Any(message => message.Goodbye is not null), Is.False);
    }

    [Test]
    public async Task An_order_ends_by_itself_and_stays_in_the_public_export()
    {
        var request = Order(["IN"], rooms: [_room], accounts: ["mallory"]);
        request.ExpiresAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddSeconds(10));
        await _calls.Takedowns.OrderTakedownAsync(request, SafetyCalls.Operator);
        Assert.That(await RefusedAsync(_room, "indira"), Is.Not.Null);

        var restrictions = _host.Services.GetRequiredService<RestrictionsInForce>();
        await Eventually.TrueAsync(() => restrictions.Current!.IsEmpty);
        Assert.That(await RefusedAsync(_room, "indira"), Is.Null);

        var export = await _host.SendAsync(HttpMethod.Get, "/v1/takedowns", token: null);
        Assert.That(export.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(export.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/x-ndjson"));
        var text = await export.Content.ReadAsStringAsync();
        var line = JsonDocument.Parse(text.TrimEnd('\n')).RootElement;
        Assert.That(line.GetProperty("case_number").GetString(), Is.EqualTo("69A/1178"));
        Assert.That(line.GetProperty("rooms")[0].GetString(), Is.EqualTo(_room));
        Assert.That(line.GetProperty("in_force").GetBoolean(), Is.False);
        Assert.That(text, Does.Not.Contain("operator"), "who entered it is not public");
    }

    [Test]
    public async Task The_operator_closes_the_service_in_a_country_and_opens_it_again()
    {
        await using var indira = await JoinAsync(_room, "indira");
        await using var dieter = await JoinAsync(_room, "dieter");
        var closed = new ServiceCountries { Mode = CountryListMode.Closed, Countries = { "IN" } };

        await SetAsync(closed);

        await indira.GoodbyeAsync();
        Assert.That(await RefusedAsync(_room, "indira"), Is.EqualTo("The service is not open in your country."));
        Assert.That(await RefusedAsync(_room, "dieter-too"), Is.Null);
        var told = await _calls.Takedowns.GetServiceCountriesAsync(
            new GetServiceCountriesRequest(),
            SafetyCalls.Operator
        );
        Assert.That(told.Service, Is.EqualTo(closed));
        await SetAsync(new ServiceCountries());
        Assert.That(await RefusedAsync(_room, "indira"), Is.Null);
    }

    [Test]
    public async Task An_order_that_makes_no_sense_is_refused_with_the_name_of_the_field()
    {
        var many = Order([]);
        many.Accounts.AddRange(Enumerable.Range(0, 5_001).Select(i => $"a{i}"));
        await RefusedAsync(Order([]), "accounts and rooms");
        await RefusedAsync(many, "5001");
        await RefusedAsync(Order(["XX"], accounts: ["a"]), "countries");
        await RefusedAsync(Order([], rooms: ["not a room"]), "rooms");
        var late = Order([], accounts: ["a"]);
        late.ExpiresAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddMinutes(-1));
        await RefusedAsync(late, "expires_at");

        async Task RefusedAsync(OrderTakedownRequest request, string named)
        {
            var refusal = await AccountCalls.RefusedAsync(
                _calls.Takedowns.OrderTakedownAsync(request, SafetyCalls.Operator),
                StatusCode.InvalidArgument
            );
            Assert.That(refusal.Status.Detail, Does.Contain(named));
        }
    }

    private static OrderTakedownRequest Order(string[] countries, string[]? rooms = null, string[]? accounts = null) =>
        new()
        {
            Countries = { countries },
            Rooms = { rooms ?? [] },
            Accounts = { accounts ?? [] },
            CaseNumber = "69A/1178",
            Notice = "By order of a court.",
        };

    private async Task SetAsync(ServiceCountries service) =>
        await _calls
            .Takedowns.SetServiceCountriesAsync(
                new SetServiceCountriesRequest { Service = service },
                SafetyCalls.Operator
            )
            .ResponseAsync;

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
        return (await client.AskAsync(new ClientMessage { Join = join })).Refused?.Message;
    }
}
