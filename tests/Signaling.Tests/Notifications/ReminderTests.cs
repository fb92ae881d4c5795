using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Notifications;

/// <summary>A scheduled room from its announcement to its start, as those see it who wait for it.</summary>
[TestFixture]
internal sealed class ReminderTests
{
    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;
    private GrpcChannel _channel = null!;
    private RoomService.RoomServiceClient _rooms = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        _server = await SignalingHost.StartAsync(_node);
        _channel = GrpcChannel.ForAddress(_server.Grpc);
        _rooms = new RoomService.RoomServiceClient(_channel);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task Who_set_a_reminder_is_told_that_it_starts_soon_is_moved_and_is_live()
    {
        var room = await ScheduleAsync("ada", TimeSpan.FromMinutes(5));
        using var watch = await WatchAsync("bob");

        var set = await _rooms.SetReminderAsync(new SetReminderRequest { RoomId = room.Id }, As("bob"));
        Assert.That(set.Room.ReminderSet, Is.True);
        var soon = await NextAsync(watch, ReminderKind.StartingSoon);
        Assert.That(soon.Reminder.Room.Title, Is.EqualTo(room.Title));

        var later = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(2));
        await _rooms.UpdateRoomAsync(new UpdateRoomRequest { RoomId = room.Id, StartsAt = later }, As("ada"));
        var moved = await NextAsync(watch, ReminderKind.Moved);
        Assert.That(moved.Reminder.Room.StartsAt.Seconds, Is.EqualTo(later.Seconds));

        await _rooms.StartRoomAsync(new StartRoomRequest { RoomId = room.Id }, As("ada"));
        var live = await NextAsync(watch, ReminderKind.Started);
        Assert.That(live.Reminder.Room.State, Is.EqualTo(RoomState.Live));
        Assert.That(live.Id, Is.Not.EqualTo(soon.Id));
    }

    [Test]
    public async Task A_cancelled_room_is_told_and_a_reminder_taken_back_is_silent()
    {
        var room = await ScheduleAsync("ada", TimeSpan.FromHours(1));
        await _rooms.SetReminderAsync(new SetReminderRequest { RoomId = room.Id }, As("cleo"));
        var listed = await _rooms.ListRemindersAsync(new ListRemindersRequest(), As("cleo"));
        Assert.That(listed.Rooms.Select(one => one.Id), Is.EqualTo([room.Id]));
        await _rooms.ClearReminderAsync(new ClearReminderRequest { RoomId = room.Id }, As("cleo"));
        listed = await _rooms.ListRemindersAsync(new ListRemindersRequest(), As("cleo"));
        Assert.That(listed.Rooms, Is.Empty);

        await _rooms.SetReminderAsync(new SetReminderRequest { RoomId = room.Id }, As("dan"));
        using var watch = await WatchAsync("dan");
        await _rooms.EndRoomAsync(new EndRoomRequest { RoomId = room.Id }, As("ada"));

        var cancelled = await NextAsync(watch, ReminderKind.Cancelled);
        Assert.That(cancelled.Reminder.Room.EndReason, Is.EqualTo(RoomEndReason.Cancelled));
    }

    [Test]
    public async Task Nobody_enters_before_the_start_and_two_commands_start_it()
    {
        var room = await ScheduleAsync("ada", TimeSpan.FromHours(1));
        await using var early = await TestClient.ConnectAsync(_server, Wire.Json);
        var join = new Join { RoomId = room.Id, Token = SignalingHost.Token("bob") };
        var refused = await early.RefusedAsync(new ClientMessage { Join = join });
        Assert.That(refused.Code, Is.EqualTo("FAILED_PRECONDITION"));

        await _rooms.StartRoomAsync(new StartRoomRequest { RoomId = room.Id }, As("ada"));

        await using var bob = await TestClient.ConnectAsync(_server, Wire.Json);
        Assert.That((await bob.JoinAsync(room.Id, SignalingHost.Token("bob"))).Self.Role, Is.EqualTo(Role.Listener));
    }

    [Test]
    public async Task Lists_hold_what_is_asked_for_and_unlisted_rooms_are_in_none()
    {
        var topic = Guid.NewGuid().ToString("N")[..20];
        var jazz = await ScheduleAsync("ada", TimeSpan.FromHours(3), topic, "Jazz tonight");
        var opera = await ScheduleAsync("ada", TimeSpan.FromHours(2), topic, "Opera");
        await ScheduleAsync("ada", TimeSpan.FromHours(1), topic, "Secret", Visibility.Unlisted);
        await ScheduleAsync("ada", TimeSpan.FromHours(1), topic, "For followers", Visibility.Followers);

        var all = await ListAsync(
            new ListRoomsRequest { State = RoomState.Scheduled, Topic = topic.ToUpperInvariant() }
        );
        var asked = await ListAsync(
            new ListRoomsRequest
            {
                State = RoomState.Scheduled,
                Topic = topic,
                Query = "tonight JAZZ",
            }
        );
        var followed = await ListAsync(
            new ListRoomsRequest
            {
                State = RoomState.Scheduled,
                Topic = topic,
                FollowedOnly = true,
            }
        );

        Assert.That(all, Is.EqualTo([opera.Id, jazz.Id]), "soonest first");
        Assert.That(asked, Is.EqualTo([jazz.Id]));
        Assert.That(followed, Is.Empty);
    }

    [Test]
    public async Task A_room_for_followers_does_not_exist_for_others()
    {
        var room = await ScheduleAsync("ada", TimeSpan.FromHours(1), visibility: Visibility.Followers);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _rooms.GetRoomAsync(new GetRoomRequest { RoomId = room.Id }, As("stranger"))
        );
        using var calendar = await _server.SendAsync(HttpMethod.Get, $"/v1/rooms/{room.Id}.ics", token: null);

        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.NotFound));
        Assert.That((int)calendar.StatusCode, Is.EqualTo(404));
        var own = await _rooms.GetRoomAsync(new GetRoomRequest { RoomId = room.Id }, As("ada"));
        Assert.That(own.Room.Policy.Visibility, Is.EqualTo(Visibility.Followers));
    }

    [Test]
    public async Task A_calendar_gets_the_room_by_its_link()
    {
        var room = await ScheduleAsync("ada", TimeSpan.FromHours(1));

        using var response = await _server.SendAsync(HttpMethod.Get, $"/v1/rooms/{room.Id}.ics", token: null);

        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/calendar"));
        var calendar = Calendar.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(calendar.Value("VEVENT", "SUMMARY"), Is.EqualTo(room.Title));
        Assert.That(calendar.Time("VEVENT", "DTSTART").ToUnixTimeSeconds(), Is.EqualTo(room.StartsAt.Seconds));
        Assert.That(calendar.Value("VEVENT", "URL"), Does.EndWith($"/r/{room.Id}"));
    }

    [Test]
    public async Task The_log_of_a_room_is_watched_from_its_beginning_to_its_end()
    {
        var room = await ScheduleAsync("ada", TimeSpan.FromHours(1));
        using var call = _rooms.Watch(new WatchRoomRequest { RoomId = room.Id }, As("bob"));
        Assert.That(await call.ResponseStream.MoveNext(CancellationToken.None), Is.True);
        Assert.That(call.ResponseStream.Current.Snapshot.Room.Version, Is.EqualTo(1));
        await _rooms.StartRoomAsync(new StartRoomRequest { RoomId = room.Id }, As("ada"));
        await _rooms.EndRoomAsync(new EndRoomRequest { RoomId = room.Id }, As("ada"));

        var numbers = new List<ulong>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (call.ResponseStream.Current.Event is { } next)
            {
                numbers.Add(next.Number);
            }
        }

        Assert.That(numbers, Is.EqualTo([2ul, 3ul]));
    }

    [Test]
    public async Task Without_a_token_nobody_is_told_anything()
    {
        using var call = new NotificationService.NotificationServiceClient(_channel).Watch(
            new WatchNotificationsRequest()
        );

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.That(error!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
    }

    [Test]
    public async Task Stage_commands_work_by_Connect_for_an_application_server()
    {
        var room = await _server.CreateRoomAsync("ada");
        await using var bob = await TestClient.ConnectAsync(_server, Wire.Json);
        await bob.JoinAsync(room, SignalingHost.Token("bob"));
        var admin = SignalingHost.Token("system", admin: true);

        using var given = await CallStageAsync(
            "SetRole",
            admin,
            new
            {
                roomId = room,
                identity = "bob",
                role = "ROLE_SPEAKER",
            }
        );
        Assert.That((int)given.StatusCode, Is.EqualTo(200), await given.Content.ReadAsStringAsync());
        await bob.ParticipantChangedAsync(bob.Self.Id, person => person.Role == Role.Speaker);
        using var refused = await CallStageAsync("MuteAll", SignalingHost.Token("zoe"), new { roomId = room });
        Assert.That((int)refused.StatusCode, Is.EqualTo(403));
        using var banned = await CallStageAsync("BanAccount", admin, new { roomId = room, identity = "bob" });

        Assert.That((int)banned.StatusCode, Is.EqualTo(200));
        Assert.That((await bob.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Banned));
        Assert.That(_node.Node.HasSessionOf(bob.Self), Is.False);
    }

    private static Metadata As(string identity) =>
        new() { { "authorization", $"Bearer {SignalingHost.Token(identity)}" } };

    private Task<HttpResponseMessage> CallStageAsync(string method, string token, object request) =>
        _server.SendAsync(
            HttpMethod.Post,
            $"/spaces.v1.StageService/{method}",
            token,
            JsonSerializer.Serialize(request),
            "application/json"
        );

    private async Task<string[]> ListAsync(ListRoomsRequest request)
    {
        var response = await _rooms.ListRoomsAsync(request, As("bob"));
        return [.. response.Rooms.Select(room => room.Id)];
    }

    private async Task<Room> ScheduleAsync(
        string host,
        TimeSpan ahead,
        string topic = "test",
        string title = "Evening",
        Visibility visibility = Visibility.Public
    )
    {
        var request = new CreateRoomRequest
        {
            Title = title,
            Topics = { topic },
            StartsAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow + ahead),
            Policy = new RoomPolicy { Visibility = visibility },
        };
        var room = (await _rooms.CreateRoomAsync(request, As(host))).Room;
        Assert.That(room.State, Is.EqualTo(RoomState.Scheduled));
        return room;
    }

    /// <summary>Online, and welcomed.</summary>
    private async Task<AsyncServerStreamingCall<Notification>> WatchAsync(string identity)
    {
        var call = new NotificationService.NotificationServiceClient(_channel).Watch(
            new WatchNotificationsRequest(),
            As(identity)
        );
        Assert.That(await call.ResponseStream.MoveNext(CancellationToken.None), Is.True);
        Assert.That(call.ResponseStream.Current.Welcome, Is.Not.Null);
        return call;
    }

    private static async Task<Notification> NextAsync(AsyncServerStreamingCall<Notification> watch, ReminderKind kind)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (await watch.ResponseStream.MoveNext(patience.Token))
        {
            if (watch.ResponseStream.Current.Reminder?.Kind == kind)
            {
                return watch.ResponseStream.Current;
            }
        }

        throw new AssertionException($"The stream ended before {kind}.");
    }
}
