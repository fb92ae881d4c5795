using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Co-hosts, heirs, handing over, and what happens when the host has gone.</summary>
[TestFixture]
internal sealed class RoomHostsTests
{
    [Test]
    public void A_co_host_is_appointed_by_account_and_comes_back_as_one()
    {
        var room = After(Live, Appoint(Bob), Leave(Bob), Enter(Bob));

        Assert.That((RoleOf(room, Bob), room.CoHosts.Single()), Is.EqualTo(((Role?)Role.CoHost, Bob.Identity)));
        ChangesNothing(room, Appoint(Bob));
    }

    [Test]
    public void Appointing_lowers_the_hand_and_ends_the_turn() =>
        Assert.That(
            After(Opened(new RoomPolicy(TurnSeconds: 60)), Give(Bob), Appoint(Bob)).OnStage(Bob.Id),
            Is.EqualTo(new StageMember(Bob, Role.CoHost, false, true))
        );

    [Test]
    public void There_are_as_many_co_hosts_as_the_policy_and_the_places_allow()
    {
        var two = After(Live, Appoint(Bob), Appoint(Cleo));
        Refused(two, Appoint(Dan), RefusalCode.ResourceExhausted, "has 2 co-hosts");

        var full = After(Opened(new RoomPolicy(SpeakersMax: 2)), Give(Bob));
        Refused(full, Appoint(Cleo), RefusalCode.ResourceExhausted, "All 2 places");
        After(full, Appoint(Bob));
    }

    [Test]
    public void A_dismissed_co_host_is_a_speaker_or_what_the_host_says()
    {
        var room = After(Live, Appoint(Bob));

        Assert.That(RoleOf(After(room, Dismiss(Bob)), Bob), Is.EqualTo(Role.Speaker));
        Assert.That(RoleOf(After(room, Give(Bob)), Bob), Is.EqualTo(Role.Speaker));
        var audience = After(room, Take(Bob));
        Assert.That((RoleOf(audience, Bob), audience.CoHosts.Count), Is.EqualTo(((Role?)null, 0)));
        var absent = After(room, Leave(Bob), Dismiss(Bob), Enter(Bob));
        Assert.That(RoleOf(absent, Bob), Is.EqualTo(Role.Speaker));
        ChangesNothing(Live, Dismiss(Bob));
    }

    [Test]
    public void Who_cannot_be_a_co_host_is_refused()
    {
        Refused(Live, Appoint(Ada), RefusalCode.FailedPrecondition, "no appointment");
        Refused(Live, Appoint(Bob) with { Name = "" }, RefusalCode.InvalidArgument, "name");
        Refused(Live, Appoint(Bob) with { Present = Cleo }, RefusalCode.InvalidArgument, "identity");
        Refused(After(Live, Ban(Bob)), Appoint(Bob), RefusalCode.FailedPrecondition, "banned");
        var nobody = Appoint(Bob) with { Target = new Identity(""), Present = null };
        Refused(Live, nobody, RefusalCode.InvalidArgument, "1-128");
    }

    [Test]
    public void The_host_who_hands_over_becomes_a_co_host()
    {
        var room = After(Live, Raise(Bob), HandOver(Bob));

        Assert.That((room.Host, room.HostName), Is.EqualTo((Bob.Identity, Bob.Name)));
        Assert.That((RoleOf(room, Bob), RoleOf(room, Ada)), Is.EqualTo(((Role?)Role.Host, (Role?)Role.CoHost)));
        Refused(room, HandOver(Cleo), RefusalCode.PermissionDenied, "Only the host");
        ChangesNothing(room, HandOver(Bob) with { Actor = As(Bob) });
        Assert.That(RoleOf(After(room, Leave(Ada), Enter(Ada)), Ada), Is.EqualTo(Role.CoHost));
    }

    [Test]
    public void A_co_host_who_takes_over_leaves_the_place_among_co_hosts_to_the_host_before()
    {
        var room = After(Live, Appoint(Bob), Appoint(Cleo), HandOver(Bob));

        Assert.That(room.CoHosts, Is.EqualTo([Cleo.Identity, Ada.Identity]));
    }

    [TestCase(0, 5, Role.Speaker)]
    [TestCase(2, 5, Role.CoHost)]
    public void The_host_before_is_what_there_is_a_place_for(int coHostsMax, int speakersMax, Role expected)
    {
        var room = Opened(new RoomPolicy(CoHostsMax: coHostsMax, SpeakersMax: speakersMax));

        Assert.That(RoleOf(After(room, HandOver(Bob)), Ada), Is.EqualTo(expected));
        Refused(Opened(new RoomPolicy(SpeakersMax: 1)), HandOver(Bob), RefusalCode.ResourceExhausted, "All 1 places");
    }

    [Test]
    public void A_host_who_drops_is_awaited_and_one_who_leaves_starts_the_grace()
    {
        Assert.That(Events(Live, Drop(Ada)), Is.EqualTo(["StageChanged"]));
        Assert.That(Events(Live, Leave(Ada)), Is.EqualTo(["StageLeft", "HostLeft"]));

        var gone = After(Live, Leave(Ada));
        Assert.That(gone.HostAbsence, Is.EqualTo(new HostAbsence(gone.Version, 60)));
        Assert.That(gone.State, Is.EqualTo(RoomState.Live));
    }

    [Test]
    public void A_host_who_returns_in_time_is_host_and_the_timer_comes_too_late()
    {
        var gone = After(Live, Give(Bob), Leave(Ada));
        var back = After(gone, Enter(Ada));

        Assert.That((RoleOf(back, Ada), back.HostAbsence), Is.EqualTo(((Role?)Role.Host, (HostAbsence?)null)));
        ChangesNothing(back, GraceOver(gone));
        var again = After(back, Leave(Ada));
        ChangesNothing(again, GraceOver(gone));
        After(again, GraceOver(again));
    }

    [Test]
    public void The_policy_ends_the_room_when_the_host_has_gone()
    {
        var gone = After(Opened(new RoomPolicy(OnHostLeft: HostLeftRule.End)), Appoint(Bob), Leave(Ada));
        var ended = After(gone, GraceOver(gone));

        Assert.That((ended.State, ended.EndReason), Is.EqualTo((RoomState.Ended, RoomEndReason.HostLeft)));
    }

    [Test]
    public void Co_hosts_inherit_in_the_order_they_were_appointed()
    {
        var gone = After(Live, Appoint(Cleo), Appoint(Bob), Leave(Ada));

        Assert.That(After(gone, GraceOver(gone)).Host, Is.EqualTo(Cleo.Identity));
        var dropped = After(gone, Drop(Cleo));
        Assert.That(After(dropped, GraceOver(dropped)).Host, Is.EqualTo(Bob.Identity), "the first is not connected");
        var left = After(gone, Leave(Cleo));
        Assert.That(After(left, GraceOver(left)).Host, Is.EqualTo(Bob.Identity), "the first is not here");
        var banned = After(gone, Ban(Cleo));
        Assert.That(After(banned, GraceOver(banned)).Host, Is.EqualTo(Bob.Identity), "the first is banned");
    }

    [Test]
    public void Heirs_follow_the_co_hosts_whether_on_stage_or_listening()
    {
        var room = After(Live, Heirs(Dan, Bob, Cleo), Give(Cleo), Leave(Ada));

        Assert.That(After(room, GraceOver(room, Bob)).Host, Is.EqualTo(Bob.Identity), "Dan is away, Bob listens");
        Assert.That(After(room, GraceOver(room)).Host, Is.EqualTo(Cleo.Identity), "Cleo is on stage");
        Assert.That(
            After(room, GraceOver(room, Eve, Cleo, Dan)).Host,
            Is.EqualTo(Dan.Identity),
            "the order is the host's"
        );
        var co = After(room, Appoint(Eve));
        Assert.That(After(co, GraceOver(co, Dan)).Host, Is.EqualTo(Eve.Identity), "co-hosts come first");
    }

    [Test]
    public void Who_inherits_is_no_heir_any_more_and_the_host_before_returns_as_a_co_host()
    {
        var gone = After(Live, Heirs(Bob, Cleo), Leave(Ada));
        var room = After(gone, GraceOver(gone, Bob), Enter(Ada));

        Assert.That(room.Heirs, Is.EqualTo([Cleo.Identity]));
        Assert.That((RoleOf(room, Bob), RoleOf(room, Ada)), Is.EqualTo(((Role?)Role.Host, (Role?)Role.CoHost)));
    }

    [Test]
    public void A_co_host_appointed_during_the_grace_inherits()
    {
        var gone = After(Live, Give(Bob), Leave(Ada), Appoint(Bob) with { Actor = Administrator });

        Assert.That(After(gone, GraceOver(gone)).Host, Is.EqualTo(Bob.Identity));
    }

    [Test]
    public void A_handover_during_the_grace_ends_it()
    {
        var gone = After(Live, Give(Bob), Leave(Ada));
        var room = After(gone, HandOver(Bob) with { Actor = Administrator });

        Assert.That((room.Host, room.HostAbsence), Is.EqualTo((Bob.Identity, (HostAbsence?)null)));
        ChangesNothing(room, GraceOver(gone));
    }

    [Test]
    public void Without_an_heir_the_room_only_listens_until_the_host_returns()
    {
        var gone = After(Live, Give(Bob), Heirs(Cleo), Leave(Ada));
        var silent = After(gone, GraceOver(gone, Dan));

        Assert.That(
            (silent.ListenOnly, silent.MaySpeak(Bob.Id), RoleOf(silent, Bob)),
            Is.EqualTo((true, false, Role.Speaker))
        );
        var back = After(silent, Enter(Ada));
        Assert.That((back.ListenOnly, back.MaySpeak(Bob.Id)), Is.EqualTo((false, true)));
        var rescued = After(silent, HandOver(Bob) with { Actor = Administrator });
        Assert.That((rescued.ListenOnly, rescued.MaySpeak(Bob.Id)), Is.EqualTo((false, true)));
    }

    [Test]
    public void Listening_only_can_be_the_rule()
    {
        var gone = After(Opened(new RoomPolicy(OnHostLeft: HostLeftRule.ListenOnly)), Appoint(Bob), Leave(Ada));

        Assert.That(After(gone, GraceOver(gone)).ListenOnly, Is.True);
    }

    [Test]
    public void A_host_who_is_suspended_leaves_without_a_grace_and_the_room_ends_without_an_heir()
    {
        var gone = After(Live, Ban(Ada, Actor.System));
        Assert.That(gone.HostAbsence?.GraceSeconds, Is.Zero);
        Assert.That(After(gone, GraceOver(gone)).EndReason, Is.EqualTo(RoomEndReason.Suspended));

        var inherited = After(Live, Appoint(Bob), Ban(Ada, Actor.System));
        inherited = After(inherited, GraceOver(inherited));
        Assert.That((inherited.Host, inherited.CoHosts.Count), Is.EqualTo((Bob.Identity, 0)));
        Refused(inherited, Enter(Ada), RefusalCode.PermissionDenied, "banned");
    }

    [Test]
    public void A_suspended_host_of_a_silent_or_scheduled_room_ends_it()
    {
        var gone = After(Live, Leave(Ada));
        var silent = After(gone, GraceOver(gone));
        silent = After(silent, Ban(Ada, Actor.System));
        Assert.That(After(silent, GraceOver(silent)).EndReason, Is.EqualTo(RoomEndReason.Suspended));

        Assert.That(After(Scheduled(), Ban(Ada, Actor.System)).EndReason, Is.EqualTo(RoomEndReason.Suspended));
    }

    [Test]
    public void A_host_who_is_sent_out_by_the_system_may_come_back_in_time()
    {
        var gone = After(Live, Remove(Ada, Actor.System));

        Assert.That(gone.HostAbsence?.GraceSeconds, Is.Zero);
        Assert.That(RoleOf(After(gone, Enter(Ada)), Ada), Is.EqualTo(Role.Host));
        var silent = After(gone, GraceOver(gone));
        Assert.That(silent.ListenOnly, Is.True);
    }

    [Test]
    public void Heirs_are_few_different_and_neither_host_nor_banned()
    {
        var room = After(Live, Ban(Eve));

        Refused(room, Heirs([.. Crowd(11)]), RefusalCode.InvalidArgument, "at most 10");
        Refused(room, Heirs(Bob, Bob), RefusalCode.InvalidArgument, "each once");
        Refused(room, Heirs(Ada), RefusalCode.FailedPrecondition, "Leave them out");
        Refused(room, Heirs(Bob, Eve), RefusalCode.FailedPrecondition, "Leave them out");
        Refused(room, Heirs(Somebody("", 9)), RefusalCode.InvalidArgument, "1-128");
        ChangesNothing(After(room, Heirs(Bob)), Heirs(Bob));
        Assert.That(After(room, Heirs(Bob, Cleo), Ban(Bob)).Heirs, Is.EqualTo([Cleo.Identity]));
    }
}
