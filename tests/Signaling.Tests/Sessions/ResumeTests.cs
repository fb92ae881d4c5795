using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>Connections that break, servers that stop and start, and people who do not come back.</summary>
[TestFixture]
internal sealed class ResumeTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("spaces-resume-").FullName;
    private MediaNodeHost _node = null!;

    [SetUp]
    public async Task StartAsync() => _node = await MediaNodeHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _node.DisposeAsync();

    [OneTimeTearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task A_dropped_connection_is_taken_up_with_the_missed_events_while_media_goes_on()
    {
        await using var server = await SignalingHost.StartAsync(_node);
        var room = await server.CreateRoomAsync("ada");
        await using var ada = await WebSocketTestClient.ConnectAsync(server, isJson: true);
        await ada.JoinAsync(room, SignalingHost.Token("ada"));
        await using var bob = await TestClient.ConnectAsync(server, Wire.Grpc);
        await bob.JoinAsync(room, SignalingHost.Token("bob"));
        var session = _node.Node.SessionOf(ada.Self).SessionId;

        ada.Cut();
        await bob.ParticipantChangedAsync(ada.Self.Id, participant => !participant.Connected);
        await bob.DoneAsync(new ClientMessage { RaiseHand = new RaiseHand { Raised = true } });
        await using var back = await TestClient.ConnectAsync(server, Wire.Json);
        var resumed = await back.ResumeAsync(ada.ResumeToken, ada.LastEvent);

        Assert.That(resumed.MediaAlive, Is.True);
        Assert.That(resumed.Room, Is.Null, "the missed events follow instead");
        Assert.That(_node.Node.SessionOf(back.Self).SessionId, Is.EqualTo(session));
        for (var number = ada.LastEvent + 1; number <= ada.LastEvent + 3; number++)
        {
            Assert.That((await back.EventAsync(_ => true)).Number, Is.EqualTo(number));
        }

        await bob.ParticipantChangedAsync(ada.Self.Id, participant => participant.Connected);
    }

    [Test]
    public async Task Who_was_away_for_too_long_gets_a_snapshot()
    {
        await using var server = await SignalingHost.StartAsync(_node);
        var room = await server.CreateRoomAsync("ada");
        await using var ada = await WebSocketTestClient.ConnectAsync(server, isJson: false);
        await ada.JoinAsync(room, SignalingHost.Token("ada"));
        ada.Cut();
        for (var i = 0; i < 150; i++)
        {
            var body = $$"""{"roomId":"{{room}}","title":"Title {{i}}"}""";
            (await server.CallAsync("UpdateRoom", body, SignalingHost.Token("ada"))).EnsureSuccessStatusCode();
        }

        await using var back = await TestClient.ConnectAsync(server, Wire.Json);
        var resumed = await back.ResumeAsync(ada.ResumeToken, ada.LastEvent);

        Assert.That(resumed.Room.Room.Title, Is.EqualTo("Title 149"));
        Assert.That(resumed.Room.Stage.Single().Id, Is.EqualTo(ada.Self.Id));
    }

    [Test]
    public async Task Who_does_not_come_back_in_time_has_left()
    {
        await using var server = await SignalingHost.StartAsync(
            _node,
            options => options with { ResumeGrace = TimeSpan.FromMilliseconds(300) }
        );
        var room = await server.CreateRoomAsync("ada");
        await using var ada = await TestClient.ConnectAsync(server, Wire.Json);
        await ada.JoinAsync(room, SignalingHost.Token("ada"));
        await using var bob = await WebSocketTestClient.ConnectAsync(server, isJson: true);
        await bob.JoinAsync(room, SignalingHost.Token("bob", speak: true));

        bob.Cut();

        await ada.EventAsync(next => next.ParticipantGone?.ParticipantId == bob.Self.Id);
        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(bob.Self));
        await using var late = await TestClient.ConnectAsync(server, Wire.Json);
        var refused = await late.RefusedAsync(
            new ClientMessage { Resume = new Resume { ResumeToken = bob.ResumeToken } }
        );
        Assert.That(refused.Code, Is.EqualTo("NOT_FOUND"));
        Assert.That((await late.GoodbyeAsync()).Action, Is.EqualTo(GoodbyeAction.Join));
    }

    [Test]
    public async Task An_empty_room_ends_by_itself()
    {
        await using var server = await SignalingHost.StartAsync(
            _node,
            options => options with { EmptyRoomLifetime = TimeSpan.FromMilliseconds(300) }
        );
        var room = await server.CreateRoomAsync("ada");

        var body = $$"""{"roomId":"{{room}}"}""";
        var state = "";
        while (!state.Contains("ROOM_STATE_ENDED", StringComparison.Ordinal))
        {
            var response = await server.CallAsync("GetRoom", body, SignalingHost.Token("ada"));
            state = await response.Content.ReadAsStringAsync();
        }

        Assert.That(state, Does.Contain("endedAt"));
    }

    [Test]
    public async Task A_restart_of_signaling_loses_no_room_nobody_and_no_sound()
    {
        var data = Path.Combine(_directory, "restart");
        string room;
        TestClient ada,
            bob;
        ulong lastEvent;
        await using (
            var server = await SignalingHost.StartAsync(_node, options => options with { DataDirectory = data })
        )
        {
            room = await server.CreateRoomAsync("ada");
            ada = await TestClient.ConnectAsync(server, Wire.Json);
            await ada.JoinAsync(room, SignalingHost.Token("ada"));
            bob = await TestClient.ConnectAsync(server, Wire.Grpc);
            await bob.JoinAsync(room, SignalingHost.Token("bob"));
            await bob.DoneAsync(new ClientMessage { SetMuted = new SetMuted { Muted = true } });
            await bob.DoneAsync(new ClientMessage { RaiseHand = new RaiseHand { Raised = true } });
            lastEvent = (await ada.ParticipantChangedAsync(bob.Self.Id, participant => participant.HandRaised)).Number;
        }

        var goodbye = await ada.GoodbyeAsync();
        Assert.That((goodbye.Reason, goodbye.Action), Is.EqualTo((GoodbyeReason.ShuttingDown, GoodbyeAction.Resume)));
        await ada.DisposeAsync();
        await bob.DisposeAsync();
        Assert.That(_node.Node.Sessions, Has.Count.EqualTo(2), "audio goes on without signaling");

        await using var next = await SignalingHost.StartAsync(_node, options => options with { DataDirectory = data });
        await using var adaAgain = await TestClient.ConnectAsync(next, Wire.Protobuf);
        var resumed = await adaAgain.ResumeAsync(ada.ResumeToken, lastEvent);
        await using var bobAgain = await TestClient.ConnectAsync(next, Wire.Json);
        var bobResumed = await bobAgain.ResumeAsync(bob.ResumeToken, 0);

        Assert.Multiple(() =>
        {
            Assert.That((resumed.MediaAlive, bobResumed.MediaAlive), Is.EqualTo((true, true)));
            Assert.That(resumed.Self.Role, Is.EqualTo(Role.Host));
            Assert.That((bobResumed.Self.HandRaised, bobResumed.Self.Muted), Is.EqualTo((true, true)));
            Assert.That(_node.Node.Sessions, Has.Count.EqualTo(2));
        });
        var give = new SetRole { ParticipantId = bobAgain.Self.Id, Role = Role.Speaker };
        await adaAgain.DoneAsync(new ClientMessage { SetRole = give });
        Assert.That(_node.Node.SessionOf(bobAgain.Self).Permissions.MayPublish, Is.True);
        await bobAgain.ParticipantChangedAsync(bobAgain.Self.Id, participant => participant.Role == Role.Speaker);
    }

    [Test]
    public async Task Who_does_not_return_after_a_restart_leaves_and_their_media_ends()
    {
        var data = Path.Combine(_directory, "no-return");
        TestClient bob;
        string room;
        await using (
            var server = await SignalingHost.StartAsync(_node, options => options with { DataDirectory = data })
        )
        {
            room = await server.CreateRoomAsync("ada");
            bob = await TestClient.ConnectAsync(server, Wire.Json);
            await bob.JoinAsync(room, SignalingHost.Token("bob", speak: true));
        }

        await bob.DisposeAsync();
        await using var next = await SignalingHost.StartAsync(
            _node,
            options => options with { DataDirectory = data, ResumeGrace = TimeSpan.FromSeconds(1) }
        );
        await using var ada = await TestClient.ConnectAsync(next, Wire.Json);
        var joined = await ada.JoinAsync(room, SignalingHost.Token("ada"));

        if (joined.Room.Stage.Any(participant => participant.Id == bob.Self.Id))
        {
            await ada.EventAsync(change => change.ParticipantGone?.ParticipantId == bob.Self.Id);
        }

        await Eventually.TrueAsync(() => !_node.Node.HasSessionOf(bob.Self));
    }

    [Test]
    public async Task Without_a_journal_a_restart_ends_the_rooms_and_what_is_left_of_them_on_the_node()
    {
        TestClient ada;
        await using (var server = await SignalingHost.StartAsync(_node))
        {
            ada = await TestClient.ConnectAsync(server, Wire.Json);
            await ada.JoinAsync(await server.CreateRoomAsync("ada"), SignalingHost.Token("ada"));
        }

        await ada.DisposeAsync();
        await using var next = await SignalingHost.StartAsync(_node);
        await Eventually.TrueAsync(() => _node.Node.Sessions.IsEmpty);
        await using var back = await TestClient.ConnectAsync(next, Wire.Json);
        var resume = new ClientMessage { Resume = new Resume { ResumeToken = ada.ResumeToken } };

        Assert.That((await back.RefusedAsync(resume)).Code, Is.EqualTo("NOT_FOUND"));
        Assert.That((await back.GoodbyeAsync()).Action, Is.EqualTo(GoodbyeAction.Join));
    }

    [Test]
    public async Task Stopping_takes_less_than_three_seconds_whatever_clients_do()
    {
        var server = await SignalingHost.StartAsync(_node);
        await using var ada = await TestClient.ConnectAsync(server, Wire.Json);
        await ada.JoinAsync(await server.CreateRoomAsync("ada"), SignalingHost.Token("ada"));
        await using var silent = await TestClient.ConnectAsync(server, Wire.Grpc);
        await silent.JoinAsync(ada.RoomId, SignalingHost.Token("bob"));
        var started = TimeProvider.System.GetTimestamp();

        await server.DisposeAsync();

        Assert.That(TimeProvider.System.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That((await silent.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.ShuttingDown));
    }
}
