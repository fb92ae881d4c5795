using System.Diagnostics;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;
using Identity = Spaces.Signaling.Domain.Identity;

namespace Spaces.Signaling.Tests.Cluster;

/// <summary>Goal: people of one room on two signaling nodes notice nothing of it. Method: both real, on a real Redis.
/// </summary>
[TestFixture]
internal sealed class ClusterTests
{
    private SignalingCluster _cluster = null!;
    private SignalingHost _a = null!;
    private SignalingHost _b = null!;
    private string _room = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _cluster = await SignalingCluster.StartAsync(2);
        (_a, _b) = (_cluster[0], _cluster[1]);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _cluster.DisposeAsync();

    [SetUp]
    public async Task OpenRoomAsync() => _room = await _a.CreateRoomAsync("ada");

    [Test]
    public async Task What_both_nodes_decide_at_once_reaches_everybody_on_both_in_one_order()
    {
        await using var ada = await JoinAsync(_a, "ada");
        await using var bob = await JoinAsync(_b, "bob");
        var (fromAda, fromBob) = (ada.LastEvent, bob.LastEvent);

        await Task.WhenAll(RetitleAsync(_a, "a"), RetitleAsync(_b, "b"));

        var version = (ulong)(await SignalingCluster.RoomAsync(_a, _room)).Current.Version;
        Assert.That(version, Is.GreaterThanOrEqualTo(40));
        var seenByAda = await EventsAsync(ada, fromAda, version);
        var seenByBob = await EventsAsync(bob, fromBob, version);
        Assert.That(seenByAda[^seenByBob.Length..], Is.EqualTo(seenByBob));
    }

    [Test]
    public async Task A_ban_on_one_node_cuts_a_speaker_of_another_within_a_second()
    {
        await using var ada = await JoinAsync(_a, "ada");
        var taken = new List<TimeSpan>();
        foreach (var name in (string[])["bob", "cyn", "dan"])
        {
            await using var speaker = await JoinAsync(_b, name, speak: true);
            Assert.That(_cluster.Media.Node.SessionOf(speaker.Self).Permissions.MayPublish, Is.True);
            var ban = new RoomCommand.Ban(
                new Actor(new Identity("ada")),
                new Identity(name),
                name,
                DateTimeOffset.UtcNow
            );

            var started = Stopwatch.GetTimestamp();
            Assert.That(await SignalingCluster.ExecuteAsync(_a, _room, ban), Is.Null);
            await Eventually.TrueAsync(() => !_cluster.Media.Node.HasSessionOf(speaker.Self));
            taken.Add(Stopwatch.GetElapsedTime(started));
            Assert.That((await speaker.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Banned));
            await using var again = await TestClient.ConnectAsync(_b, Wire.Json);
            var resume = new Resume { ResumeToken = speaker.ResumeToken };
            await again.RefusedAsync(new ClientMessage { Resume = resume });
        }

        TestContext.Out.WriteLine(
            $"cut after {string.Join(", ", taken.Select(time => $"{time.TotalMilliseconds:F0} ms"))}"
        );
        Assert.That(taken.Order().ElementAt(1), Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_right_given_on_one_node_is_in_force_for_somebody_of_another()
    {
        await using var ada = await JoinAsync(_a, "ada");
        await using var bob = await JoinAsync(_b, "bob");
        Assert.That(_cluster.Media.Node.SessionOf(bob.Self).Permissions.MayPublish, Is.False);

        await ada.DoneAsync(
            new ClientMessage
            {
                SetRole = new SetRole { ParticipantId = bob.Self.Id, Role = V1.Role.Speaker },
            }
        );

        Assert.That(_cluster.Media.Node.SessionOf(bob.Self).Permissions.MayPublish, Is.True);
        await bob.ParticipantChangedAsync(bob.Self.Id, participant => participant.Role == V1.Role.Speaker);
    }

    [Test]
    public async Task Of_two_connections_of_one_account_on_two_nodes_the_newer_wins()
    {
        await using var ada = await JoinAsync(_a, "ada");
        await using var old = await JoinAsync(_a, "bob", speak: true);
        await using var young = await JoinAsync(_b, "bob", speak: true);

        Assert.That((await old.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.Replaced));
        Assert.That(young.Self.Id, Is.EqualTo(old.Self.Id), "the same person to everybody");
        await Eventually.TrueAsync(() => _cluster.Media.Node.SessionOf(young.Self).Permissions.MayPublish);
        Assert.That(_cluster.Media.Node.HasSessionOf(old.Self), Is.False, "closed before the other may speak");
        var atA = await SignalingCluster.RoomAsync(_a, _room);
        await Eventually.TrueAsync(() => atA.People.Count == 1);
    }

    [Test]
    public async Task A_connection_is_taken_up_on_another_node_with_the_missed_events_while_media_goes_on()
    {
        await using var ada = await JoinAsync(_a, "ada");
        await using var bob = (WebSocketTestClient)await JoinAsync(_a, "bob", speak: true);
        var session = _cluster.Media.Node.SessionOf(bob.Self).SessionId;
        bob.Cut();
        var lost = await ada.ParticipantChangedAsync(bob.Self.Id, participant => !participant.Connected);

        await using var back = await TestClient.ConnectAsync(_b, Wire.Json);
        var resumed = await back.ResumeAsync(bob.ResumeToken, bob.LastEvent);

        Assert.That(resumed.MediaAlive, Is.True);
        Assert.That(_cluster.Media.Node.SessionOf(back.Self).SessionId, Is.EqualTo(session));
        var connected = await ada.EventAsync(next => next.Number > lost.Number);
        Assert.That(connected.ParticipantChanged, Is.EqualTo(resumed.Self));
        Assert.That((await back.EventAsync(_ => true)).Number, Is.EqualTo(lost.Number), "nothing twice");
        Assert.That((await back.EventAsync(_ => true)).Number, Is.EqualTo(connected.Number));
        var atA = await SignalingCluster.RoomAsync(_a, _room);
        await Eventually.TrueAsync(() => atA.People.Count == 1);
        await SignalingCluster.ExecuteAsync(_a, _room, Mute(bob.Self));
        await Eventually.TrueAsync(() => _cluster.Media.Node.SessionOf(back.Self).Permissions.Muted);
    }

    [Test]
    public async Task The_audience_is_the_sum_over_all_nodes()
    {
        await using var ada = await JoinAsync(_a, "ada");
        var listeners = new List<TestClient>();
        for (var i = 0; i < 6; i++)
        {
            listeners.Add(await JoinAsync(i % 2 == 0 ? _a : _b, $"listener-{i}"));
        }

        await ada.NextAsync(message => message.Audience is { ListenerCount: 6 });
        await listeners[1].NextAsync(message => message.Audience is { ListenerCount: 6 });
        await listeners[0].DoneAsync(new ClientMessage { Leave = new Leave() });
        await listeners[1].NextAsync(message => message.Audience is { ListenerCount: 5 });
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }
    }

    [Test]
    public async Task A_room_that_ends_on_one_node_ends_on_all()
    {
        await using var ada = await JoinAsync(_a, "ada");
        await using var bob = await JoinAsync(_b, "bob");

        await ada.DoneAsync(new ClientMessage { EndRoom = new EndRoom() });

        Assert.That((await bob.GoodbyeAsync()).Reason, Is.EqualTo(GoodbyeReason.RoomEnded));
        await Eventually.TrueAsync(() => !_cluster.Media.Node.HasSessionOf(bob.Self));
    }

    private static RoomCommand.MuteOther Mute(Participant self) =>
        new(new Actor(new Identity("ada")), new ParticipantId(self.Id), DateTimeOffset.UtcNow);

    private async Task RetitleAsync(SignalingHost node, string prefix)
    {
        for (var i = 0; i < 20; i++)
        {
            var edit = new RoomCommand.Edit(new Actor(new Identity("ada")), DateTimeOffset.UtcNow)
            {
                Title = $"{prefix} {i}",
            };
            Assert.That(await SignalingCluster.ExecuteAsync(node, _room, edit), Is.Null);
        }
    }

    private static async Task<string[]> EventsAsync(TestClient client, ulong after, ulong last)
    {
        var events = new List<string>();
        for (var number = after + 1; number <= last; number++)
        {
            var next = await client.EventAsync(_ => true);
            Assert.That(next.Number, Is.EqualTo(number), "no gap, nothing twice");
            events.Add($"{next.Number} {next.RoomChanged?.Title} {next.ParticipantChanged?.Id}");
        }

        return [.. events];
    }

    private async Task<TestClient> JoinAsync(SignalingHost node, string name, bool speak = false)
    {
        var client = await WebSocketTestClient.ConnectAsync(node, isJson: false);
        await client.JoinAsync(_room, SignalingHost.Token(name, speak: speak));
        return client;
    }
}
