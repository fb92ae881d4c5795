using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Random commands of random people: what must hold after every one of them.</summary>
[TestFixture]
internal sealed class RoomPropertyTests
{
    private const int CommandCount = 400;
    private const int PeopleCount = 12;

    [Test]
    public void Random_commands_never_break_an_invariant_and_the_log_replays_to_the_same_room([Range(1, 200)] int seed)
    {
        var random = new Random(seed);
        var room = Room.Unopened(new RoomId("r"));
        var log = new List<RoomEvent>();
        for (var i = 0; i < CommandCount; i++)
        {
            var before = room;
            var decision = room.Decide(Next(random, DateTimeOffset.UnixEpoch.AddSeconds(i)));
            if (decision.Refusal is { } refusal)
            {
                Assert.That(decision.Events, Is.Empty);
                Assert.That(refusal.Message, Does.EndWith("."));
            }

            room = room.Apply(decision.Events);
            log.AddRange(decision.Events);
            Assert.That(room.Version, Is.EqualTo(before.Version + decision.Events.Length));
            AssertInvariants(room);
        }

        Assert.That(Room.Unopened(room.Id).Apply(log), Is.EqualTo(room));
        Assert.That(room.Version, Is.EqualTo(log.Count));
    }

    private static void AssertInvariants(Room room)
    {
        var stage = room.Stage;
        Assert.That(stage.Count(member => member.Role == Role.Host), Is.LessThanOrEqualTo(1), "one host");
        Assert.That(
            stage.All(member => member.Role == Role.Host == (member.Person.Identity == room.Host)),
            "the host is who opened the room"
        );
        Assert.That(stage.All(member => member.HandRaised == (member.Role == Role.Listener)), "hands are listeners'");
        Assert.That(stage.Select(member => member.Person.Id), Is.Unique);
        Assert.That(stage.Select(member => member.Person.Identity), Is.Unique);
        Assert.That(stage.Select(member => member.Person.MediaId), Is.Unique);
        Assert.That(stage.All(member => member.Person.MediaId.Value != 0), "media ids are never 0");
        Assert.That(room.State == RoomState.Live || stage.Count == 0, "only a live room has a stage");
        Assert.That(
            stage.All(member =>
                !room.Decisions.TryGetValue(member.Person.Identity, out var decided)
                || decided == SpeakRight.Given
                || !member.MaySpeak
            ),
            "the host's decision stands"
        );
    }

    private static RoomCommand Next(Random random, DateTimeOffset at)
    {
        var person = Somebody(random);
        var actor = new Actor(Somebody(random).Identity, random.Next(10) == 0);
        return random.Next(22) switch
        {
            0 or 1 => new RoomCommand.Open("A talk", person.Identity, person.Name, at),
            <= 6 => new RoomCommand.Enter(person, random.Next(3) == 0, at),
            <= 8 => new RoomCommand.Leave(person.Id, at),
            9 => new RoomCommand.LoseConnection(person.Id, at),
            <= 11 => new RoomCommand.Mute(person, random.Next(2) == 0, at),
            <= 14 => new RoomCommand.RaiseHand(person, random.Next(3) != 0, at),
            <= 19 => new RoomCommand.ChangeRole(actor, person, (Role)random.Next(5), at),
            20 => new RoomCommand.Edit(actor, at) { Title = random.Next(2) == 0 ? "Other" : "" },
            _ when random.Next(40) == 0 => new RoomCommand.End(actor, at),
            _ => new RoomCommand.LoseConnection(person.Id, at),
        };
    }

    private static Person Somebody(Random random)
    {
        var number = random.Next(PeopleCount);
        var stay = random.Next(4) == 0 ? "b" : "a";
        var mediaId = random.Next(8) == 0 ? (uint)random.Next(PeopleCount) : (uint)number + 1;
        return new Person(
            new ParticipantId($"{number}{stay}"),
            new Identity($"p{number}"),
            $"P{number}",
            new MediaId(mediaId),
            Muted: random.Next(2) == 0
        );
    }
}
