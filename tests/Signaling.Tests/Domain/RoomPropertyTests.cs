using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Random commands of random people: what must hold after every one of them.</summary>
[TestFixture]
internal sealed class RoomPropertyTests
{
    private const int CommandCount = 400;

    [Test]
    public void Random_commands_never_break_an_invariant_and_the_log_replays_to_the_same_room([Range(1, 300)] int seed)
    {
        var commands = new RandomCommands(new Random(seed));
        var room = RoomWorld.Unopened;
        var log = new List<RoomEvent>();
        for (var i = 0; i < CommandCount; i++)
        {
            var command = commands.Next(room, DateTimeOffset.UnixEpoch.AddSeconds(i));
            var decision = room.Decide(command);
            Assert.That(room.Decide(command).Events, Is.EqualTo(decision.Events), "deciding changes nothing");
            if (decision.Refusal is { } refusal)
            {
                Assert.That(decision.Events, Is.Empty);
                Assert.That(refusal.Message, Does.EndWith("."));
            }

            room = room.Apply(decision.Events);
            log.AddRange(decision.Events);
            Assert.That(room.Version, Is.EqualTo(log.Count), command.ToString());
            if (room.State != RoomState.Unopened && decision.Events.Length > 0)
            {
                RoomInvariants.AssertHold(room);
            }
        }

        Assert.That(RoomWorld.Unopened.Apply(log), Is.EqualTo(room));
        Assert.That(log.Select(Stored), Is.EqualTo(log));
        Assert.That(Stored(room), Is.EqualTo(room));
    }

    /// <summary>The commands above must reach every kind of event, or they prove little.</summary>
    [Test]
    public void Random_commands_lead_to_every_event()
    {
        var seen = new HashSet<string>();
        for (var seed = 1; seed <= 300; seed++)
        {
            var commands = new RandomCommands(new Random(seed));
            var room = RoomWorld.Unopened;
            for (var i = 0; i < CommandCount; i++)
            {
                var events = room.Decide(commands.Next(room, DateTimeOffset.UnixEpoch.AddSeconds(i))).Events;
                room = room.Apply(events);
                seen.UnionWith(events.Select(roomEvent => roomEvent.GetType().Name));
            }
        }

        var all = typeof(RoomEvent).GetNestedTypes().Select(type => type.Name);
        Assert.That(seen, Is.EquivalentTo(all.Except([nameof(RoomEvent.TitleChanged)])));
    }

    private static T Stored<T>(T value) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, RoomJson.Options), RoomJson.Options)!;
}
