using System.Collections.Concurrent;
using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Tests.Hosting;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Sessions;

/// <summary>
/// Goal: a room may have any number of listeners, and each of them is told no more and no later for it. Method: clients
/// that stand in for the socket only; everything behind it is the real server.
/// </summary>
[TestFixture]
internal sealed class AudienceTests
{
    private const int Changes = 10;

    private MediaNodeHost _node = null!;
    private SignalingHost _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = await MediaNodeHost.StartAsync();
        // Ten thousand join one after the other, and none of them pings meanwhile.
        _server = await SignalingHost.StartAsync(
            _node,
            options => options with { PingInterval = TimeSpan.FromHours(1) }
        );
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Test]
    public async Task A_listener_is_told_as_much_among_ten_thousand_as_among_a_hundred()
    {
        var few = await MeasureAsync(100);
        var many = await MeasureAsync(10_000);

        await TestContext.Out.WriteLineAsync(
            $"bytes to one listener: {few.Bytes} of 100, {many.Bytes} of 10,000; p99 event delay "
                + $"{few.DelayP99.TotalMilliseconds:F1} and {many.DelayP99.TotalMilliseconds:F1} ms; "
                + $"memory per idle connection {many.BytesPerConnection} bytes"
        );
        Assert.That(many.Bytes, Is.EqualTo(few.Bytes).Within(5).Percent, "counts have more digits, and no more");
        Assert.That(many.Counts, Is.LessThanOrEqualTo((2 * many.Elapsed.TotalSeconds) + 2), "twice a second");
        Assert.That(many.DelayP99, Is.LessThan(TimeSpan.FromMilliseconds(250)));
    }

    [Test]
    public async Task A_flood_is_limited_at_once_and_others_do_not_notice()
    {
        var room = await _server.CreateRoomAsync("host");
        var reactions = 0;
        await using var host = await DirectClient.JoinAsync(
            _server,
            room,
            "host",
            message => Interlocked.Add(ref reactions, message.Message.Reactions is null ? 0 : 1)
        );
        var started = TimeProvider.System.GetTimestamp();
        var others = await Task.WhenAll(
            Enumerable.Range(0, 95).Select(i => DirectClient.JoinAsync(_server, room, $"calm{i}"))
        );
        var flooders = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => DirectClient.JoinAsync(_server, room, $"flood{i}"))
        );

        var floods = Task.WhenAll(flooders.Select(FloodAsync));
        for (var i = 0; i < 5; i++)
        {
            var asked = await host.AskAsync(new ClientMessage { SetMuted = new SetMuted { Muted = i % 2 == 0 } });
            Assert.That(asked.Done, Is.Not.Null, "nobody else is limited");
        }

        var calm = await others[0].AskAsync(new ClientMessage { React = new React { Reaction = Reaction.Heart } });
        Assert.That(calm.Done, Is.Not.Null);
        foreach (var flood in await floods)
        {
            Assert.That(flood.Take(10), Is.All.EqualTo(""), "ten at once are everybody's right");
            Assert.That(flood.Skip(10).Count(code => code.Length == 0), Is.LessThanOrEqualTo(50), "then five a second");
            Assert.That(flood.Skip(10).Where(code => code.Length > 0), Is.All.EqualTo("RESOURCE_EXHAUSTED"));
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Assert.That(reactions, Is.LessThanOrEqualTo((4 * elapsed) + 1), "added up");
        foreach (var client in others.Concat(flooders))
        {
            await client.DisposeAsync();
        }
    }

    [Test]
    public async Task An_account_that_joins_again_and_again_is_made_to_wait()
    {
        var room = await _server.CreateRoomAsync("host");
        var codes = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            await using var client = await TestClient.ConnectAsync(_server, Wire.Protobuf);
            var join = new Join { RoomId = room, Token = SignalingHost.Token("restless") };
            var reply = await client.AskAsync(new ClientMessage { Join = join });
            codes.Add(reply.Refused?.Code ?? "");
        }

        Assert.That(codes.Take(30), Is.All.EqualTo(""));
        Assert.That(codes, Has.Some.EqualTo("RESOURCE_EXHAUSTED"));
    }

    /// <summary>The answers to 95 reactions, as fast as they are taken.</summary>
    private static async Task<List<string>> FloodAsync(DirectClient client)
    {
        var codes = new List<string>();
        for (var i = 0; i < 95; i++)
        {
            var reply = await client.AskAsync(new ClientMessage { React = new React { Reaction = Reaction.Clap } });
            codes.Add(reply.Refused?.Code ?? "");
        }

        return codes;
    }

    private async Task<Measured> MeasureAsync(int audience)
    {
        var room = await _server.CreateRoomAsync("host");
        await using var host = await DirectClient.JoinAsync(_server, room, "host");
        var (bytes, counts, listeners) = (0, 0, 0u);
        await using var listener = await DirectClient.JoinAsync(
            _server,
            room,
            "listener",
            message =>
            {
                if (message.Message.Audience is { } told)
                {
                    (counts, listeners) = (counts + 1, told.ListenerCount);
                    return;
                }

                bytes += message.Json.Length;
            }
        );
        var delays = Enumerable.Range(0, Changes + 1).Select(_ => new ConcurrentBag<TimeSpan>()).ToArray();
        var sentAt = new long[Changes + 1];
        var memoryBefore = GC.GetTotalMemory(forceFullCollection: true);
        var started = TimeProvider.System.GetTimestamp();
        var crowd = new List<DirectClient>(audience);
        for (var i = 0; i < audience; i++)
        {
            crowd.Add(await DirectClient.JoinAsync(_server, room, $"l{i}", message => Note(message, sentAt, delays)));
        }

        await Eventually.TrueAsync(() => listeners == audience + 1);
        var perConnection = (GC.GetTotalMemory(forceFullCollection: true) - memoryBefore) / audience;
        for (var i = 1; i <= Changes; i++)
        {
            Volatile.Write(ref sentAt[i], TimeProvider.System.GetTimestamp());
            await host.AskAsync(new ClientMessage { SetMuted = new SetMuted { Muted = i % 2 == 1 } });
            var seen = delays[i];
            await Eventually.TrueAsync(() => seen.Count == audience);
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        foreach (var client in crowd)
        {
            await client.DisposeAsync();
        }

        // The median of the changes: a machine that does something else for a moment spoils one of them.
        var p99 = delays.Skip(1).Select(some => some.Order().ElementAt(audience * 99 / 100)).Order();
        return new Measured(bytes, counts, elapsed, p99.ElementAt(Changes / 2), perConnection);
    }

    /// <summary>Every change is a mute of the host, the n-th after two events of opening and entering.</summary>
    private static void Note(OutboundMessage message, long[] sentAt, ConcurrentBag<TimeSpan>[] delays)
    {
        if (message.Message.Event is { ParticipantChanged: not null } changed)
        {
            var change = (int)changed.Number - 2;
            delays[change].Add(TimeProvider.System.GetElapsedTime(Volatile.Read(ref sentAt[change])));
        }
    }

    private sealed record Measured(int Bytes, int Counts, TimeSpan Elapsed, TimeSpan DelayP99, long BytesPerConnection);
}
