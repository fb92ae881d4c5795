using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>The rules of one room: their ranges, and changing them while people are in it.</summary>
[TestFixture]
internal sealed class RoomPoliciesTests
{
    public static IEnumerable<TestCaseData> OutOfRange =>
        [
            new(new RoomPolicyChange { Speak = (SpeakPolicy)9 }, "speak_policy"),
            new(new RoomPolicyChange { Visibility = 0 }, "visibility"),
            new(new RoomPolicyChange { OnHostLeft = (HostLeftRule)4 }, "on_host_left"),
            new(new RoomPolicyChange { SpeakersMax = 0 }, "1-100"),
            new(new RoomPolicyChange { SpeakersMax = 101 }, "1-100"),
            new(new RoomPolicyChange { PeopleMax = 1 }, "2-500"),
            new(new RoomPolicyChange { PeopleMax = 501 }, "2-500"),
            new(new RoomPolicyChange { CoHostsMax = -1 }, "0-10"),
            new(new RoomPolicyChange { CoHostsMax = 11 }, "0-10"),
            new(new RoomPolicyChange { TurnSeconds = 14 }, "15-3600"),
            new(new RoomPolicyChange { TurnSeconds = 3_601 }, "15-3600"),
            new(new RoomPolicyChange { GraceSeconds = -1 }, "0-600"),
            new(new RoomPolicyChange { GraceSeconds = 601 }, "0-600"),
        ];

    public static IEnumerable<RoomPolicyChange> AtTheEdges =>
        [
            new() { SpeakersMax = 1 },
            new() { SpeakersMax = 100 },
            new() { PeopleMax = 2 },
            new() { PeopleMax = 500 },
            new() { CoHostsMax = 0 },
            new() { CoHostsMax = 10 },
            new() { TurnSeconds = 15 },
            new() { TurnSeconds = 3_600 },
            new() { GraceSeconds = 600 },
        ];

    [TestCaseSource(nameof(OutOfRange))]
    public void A_value_out_of_its_range_is_refused_at_opening_and_later(RoomPolicyChange change, string because)
    {
        var open = new RoomCommand.Open("A talk", Ada.Identity, "Ada", Now) { Policy = change.ApplyTo(new()) };

        Refused(Unopened, open, RefusalCode.InvalidArgument, because);
        Refused(Scheduled(), Change(change), RefusalCode.InvalidArgument, because);
    }

    [TestCaseSource(nameof(AtTheEdges))]
    public void A_value_at_the_edge_of_its_range_is_taken(RoomPolicyChange change) =>
        Assert.That(After(Scheduled(), Change(change)).Policy, Is.EqualTo(change.ApplyTo(RoomPolicy.Default)));

    [Test]
    public void What_is_not_named_stays_and_the_same_again_changes_nothing()
    {
        var room = After(Live, Change(new() { Speak = SpeakPolicy.Everyone }), Change(new() { SpeakersMax = 5 }));

        Assert.That(room.Policy, Is.EqualTo(new RoomPolicy(Speak: SpeakPolicy.Everyone, SpeakersMax: 5)));
        ChangesNothing(room, Change(new() { SpeakersMax = 5 }));
        ChangesNothing(room, Change(new()));
    }

    [Test]
    public void A_co_host_changes_only_the_rules_of_speaking()
    {
        var room = After(Live, Appoint(Bob));
        var mine = Change(new() { RequestsOpen = false, TurnSeconds = 30 }) with { Actor = As(Bob) };

        After(room, mine);
        var both = mine with { Change = mine.Change with { SpeakersMax = 20 } };
        Refused(room, both, RefusalCode.PermissionDenied, "Only the host changes");
        After(room, both with { Actor = Host });
    }

    [Test]
    public void A_limit_never_sinks_below_what_is_taken()
    {
        var room = After(Live, Appoint(Bob), Give(Cleo));

        Refused(room, Change(new() { SpeakersMax = 2 }), RefusalCode.FailedPrecondition, "3 people may speak");
        After(room, Change(new() { SpeakersMax = 3 }));
        Refused(room, Change(new() { CoHostsMax = 0 }), RefusalCode.FailedPrecondition, "1 co-hosts");
        var small = After(Opened(new RoomPolicy(PeopleMax: 5)), Enter(Bob), Enter(Cleo));
        Refused(small, Change(new() { PeopleMax = 2 }), RefusalCode.FailedPrecondition, "3 places");
        After(small, Change(new() { PeopleMax = 3 }));
    }

    [Test]
    public void A_limit_on_people_is_set_before_the_room_is_live_and_lifted_at_any_time()
    {
        Refused(Live, Change(new() { PeopleMax = 10 }), RefusalCode.FailedPrecondition, "beforehand");
        Assert.That(After(Scheduled(), Change(new() { PeopleMax = 10 })).Policy.PeopleMax, Is.EqualTo(10));

        var small = After(Opened(new RoomPolicy(PeopleMax: 5)), Enter(Bob), Enter(Cleo), Raise(Cleo));
        var open = After(small, Change(new() { PeopleMax = 0 }));
        Assert.That(open.Stage.Select(member => member.Person), Is.EqualTo([Ada, Cleo]), "who only listens is unseen");
    }

    [Test]
    public void Four_people_talk_as_equals()
    {
        var room = Opened(new RoomPolicy(Speak: SpeakPolicy.Everyone, SpeakersMax: 4));
        room = After(room, Raise(Bob), Raise(Cleo), Raise(Dan), Raise(Eve));

        Assert.That(room.Stage.Count(member => member.MaySpeak), Is.EqualTo(4));
        Assert.That(RoleOf(room, Eve), Is.EqualTo(Role.Listener));
    }
}
