using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>What holds for every room after every command.</summary>
internal static class RoomInvariants
{
    public static void AssertHold(Room room)
    {
        using var scope = Assert.EnterMultipleScope();
        AssertStage(room);
        AssertQueue(room);
        AssertHosts(room);
        AssertBans(room);
        AssertLimits(room);
        Assert.That(room.State == RoomState.Live || room.HostAbsence is null, "only a live room waits for its host");
        Assert.That(room.State != RoomState.Ended || room.Stage.Count == 0, "an ended room has no stage");
    }

    private static void AssertStage(Room room)
    {
        var stage = room.Stage;
        Assert.That(stage.Select(member => member.Person.Id), Is.Unique);
        Assert.That(stage.Select(member => member.Person.Identity), Is.Unique);
        Assert.That(stage.Select(member => member.Person.MediaId), Is.Unique.And.None.EqualTo(new MediaId(0)));
        Assert.That(stage.SpeakerCount, Is.EqualTo(stage.Count(member => member.Role == Role.Speaker)));
        Assert.That(stage.ListenerCount, Is.EqualTo(stage.Count(member => member.Role == Role.Listener)));
        foreach (var member in stage)
        {
            var person = member.Person;
            Assert.That(stage.Find(person.Id), Is.SameAs(member));
            Assert.That(stage.Find(person.Identity), Is.SameAs(member));
            Assert.That(stage.Find(person.MediaId), Is.SameAs(member));
            Assert.That(member.Suppressed, Is.EqualTo(room.Suppressed.ContainsKey(person.Identity)), "suppressed");
            Assert.That(!member.Suppressed || person.Muted, "who is suppressed is muted");
            Assert.That(member.Turn is null || member.Role == Role.Speaker, "only speakers have turns");
            Assert.That(member.Turn is null || member.Turn.Number <= room.Version, "turns begin with an event");
            Assert.That(
                !person.Anonymous || member is { MaySpeak: false, HandRaised: false, Invited: false },
                "who has no account only listens"
            );
            Assert.That(
                member.MaySpeak || member.HandRaised || member.Invited || room.Policy.PeopleMax > 0,
                "who only listens is nowhere but in small rooms"
            );
            AssertDecisionStands(room, member);
        }
    }

    private static void AssertDecisionStands(Room room, StageMember member)
    {
        var isTaken =
            member.Role == Role.Speaker
            && room.Decisions.TryGetValue(member.Person.Identity, out var right)
            && right == SpeakRight.Taken;
        Assert.That(!isTaken, "who had the word taken does not speak");
    }

    private static void AssertQueue(Room room)
    {
        var stage = room.Stage;
        var hands = stage.Hands.ToArray();
        Assert.That(stage.All(member => !(member.HandRaised || member.Invited) || member.Role == Role.Listener));
        Assert.That(stage.All(member => member.HandRaised == member.HandNumber > 0), "hands have numbers");
        Assert.That(hands.Select(hand => hand.HandNumber), Is.Ordered.And.Unique);
        Assert.That(hands.All(hand => hand.HandNumber <= room.Version));
        Assert.That(stage.HandCount, Is.EqualTo(hands.Length));
        Assert.That(hands.Select(stage.PlaceInQueue), Is.EqualTo(Enumerable.Range(1, hands.Length)));
        if (room is { State: RoomState.Live, Policy.Speak: SpeakPolicy.Everyone })
        {
            var waits = hands.Any(hand =>
                hand.Connected && room.Decisions.GetValueOrDefault(hand.Person.Identity) != SpeakRight.Taken
            );
            Assert.That(!waits || room.SeatsTaken >= room.Policy.SpeakersMax, "where asking is enough, nobody waits");
        }
    }

    private static void AssertHosts(Room room)
    {
        var stage = room.Stage;
        Assert.That(stage.Count(member => member.Role == Role.Host), Is.LessThanOrEqualTo(1), "one host");
        Assert.That(stage.All(member => member.Role == Role.Host == (member.Person.Identity == room.Host)));
        Assert.That(
            stage.All(member => member.Role == Role.CoHost == room.CoHosts.Contains(member.Person.Identity)),
            "co-hosts are those on the list"
        );
        Assert.That(room.CoHosts, Is.Unique.And.None.EqualTo(room.Host));
        Assert.That(room.Heirs, Is.Unique.And.None.EqualTo(room.Host));
        var hostIsHere = stage.Find(room.Host) is not null;
        Assert.That(!hostIsHere || room is { HostAbsence: null, ListenOnly: false }, "a host who is here is not gone");
    }

    private static void AssertBans(Room room)
    {
        foreach (var banned in room.Bans.Keys)
        {
            Assert.That(room.Stage.Find(banned), Is.Null, "nobody banned is on stage");
            Assert.That(room.CoHosts.Concat(room.Heirs), Has.None.EqualTo(banned));
            Assert.That(room.Decisions.ContainsKey(banned), Is.False);
            if (room.State == RoomState.Live)
            {
                var person = RoomWorld.Somebody("back", 99) with { Identity = banned };
                var enter = new RoomCommand.Enter(person, true, RoomWorld.Now) { IsAdministrator = true };
                Assert.That(room.Decide(enter).Refusal?.Code, Is.EqualTo(RefusalCode.PermissionDenied));
            }
        }
    }

    private static void AssertLimits(Room room)
    {
        var (stage, policy) = (room.Stage, room.Policy);
        Assert.That(room.SeatsTaken, Is.LessThanOrEqualTo(policy.SpeakersMax), "speakers within the limit");
        Assert.That(stage.Count(member => member.MaySpeak), Is.LessThanOrEqualTo(policy.SpeakersMax));
        Assert.That(room.CoHosts, Has.Count.LessThanOrEqualTo(policy.CoHostsMax));
        var hostsPlace = stage.Find(room.Host) is null ? 1 : 0;
        Assert.That(policy.PeopleMax == 0 || stage.Count + hostsPlace <= policy.PeopleMax, "people within the limit");
        Assert.That(room.Posts, Has.Count.LessThanOrEqualTo(20));
        Assert.That(room.Posts.Select(post => post.Number), Is.Ordered.And.Unique);
    }
}
