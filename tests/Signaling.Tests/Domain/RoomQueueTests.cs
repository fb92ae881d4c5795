using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Asking for the word, and being asked to take it.</summary>
[TestFixture]
internal sealed class RoomQueueTests
{
    private static readonly RoomPolicy ForEveryone = new(Speak: SpeakPolicy.Everyone, SpeakersMax: 2);

    [Test]
    public void Raised_hands_stand_in_the_order_they_went_up()
    {
        var room = After(Live, Raise(Cleo), Raise(Bob), Raise(Dan), Raise(Cleo));

        Assert.That(room.Stage.Hands.Select(hand => hand.Person), Is.EqualTo([Cleo, Bob, Dan]));
        Assert.That(room.Stage.PlaceInQueue(room.OnStage(Bob.Id)!), Is.EqualTo(2));
    }

    [Test]
    public void A_place_in_the_queue_survives_a_lost_connection_and_not_leaving()
    {
        var queue = After(Live, Raise(Bob), Raise(Cleo));

        var resumed = After(queue, Drop(Bob), Enter(Bob));
        Assert.That(resumed.Stage.PlaceInQueue(resumed.OnStage(Bob.Id)!), Is.EqualTo(1));
        var again = After(queue, Leave(Bob), Enter(Bob), Raise(Bob));
        Assert.That(again.Stage.Hands.Select(hand => hand.Person), Is.EqualTo([Cleo, Bob]));
    }

    [Test]
    public void A_hand_that_was_lowered_goes_up_again_at_the_end()
    {
        var room = After(Live, Raise(Bob), Raise(Cleo), Lower(Bob), Raise(Bob));

        Assert.That(room.Stage.Hands.Select(hand => hand.Person), Is.EqualTo([Cleo, Bob]));
    }

    [Test]
    public void A_listener_who_is_given_the_word_speaks_and_has_the_hand_down()
    {
        var member = After(Live, Raise(Bob), Give(Bob)).OnStage(Bob.Id)!;

        Assert.That(member, Is.EqualTo(new StageMember(Bob, Role.Speaker, false, true)));
    }

    [Test]
    public void Hosts_lower_the_hands_of_others_one_or_all()
    {
        var queue = After(Live, Raise(Bob), Raise(Cleo), Raise(Dan));

        Assert.That(After(queue, new RoomCommand.LowerHand(Host, Cleo.Id, Now)).Stage.HandCount, Is.EqualTo(2));
        Assert.That(After(queue, new RoomCommand.LowerAllHands(Host, Now)).Stage.HandCount, Is.Zero);
        ChangesNothing(Live, new RoomCommand.LowerHand(Host, Bob.Id, Now));
        ChangesNothing(Live, new RoomCommand.LowerAllHands(Host, Now));
    }

    [Test]
    public void A_full_queue_takes_no_more_and_keeps_no_speaker_out()
    {
        var full = After(Live, Crowd(Room.StageListenersMax).Select(Raise));

        Refused(full, Raise(Bob), RefusalCode.ResourceExhausted, "queue is full (500 people)");
        Refused(full, Invite(Bob), RefusalCode.ResourceExhausted, "queue is full");
        Assert.That(RoleOf(After(full, Enter(Bob, true)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Where_requests_are_closed_no_hand_goes_up_and_hands_that_are_up_stay()
    {
        var closed = After(Live, Raise(Bob), Change(new RoomPolicyChange { RequestsOpen = false }));

        Refused(closed, Raise(Cleo), RefusalCode.FailedPrecondition, "no requests");
        Assert.That(RoleOf(After(closed, Give(Bob)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Where_everybody_speaks_a_hand_is_enough_while_a_place_is_free()
    {
        var room = After(Opened(ForEveryone), Raise(Bob), Raise(Cleo), Raise(Dan));

        Assert.That(RoleOf(room, Bob), Is.EqualTo(Role.Speaker));
        Assert.That(room.Stage.Hands.Select(hand => hand.Person), Is.EqualTo([Cleo, Dan]));
    }

    [Test]
    public void A_place_that_comes_free_goes_to_the_first_hand_that_is_connected()
    {
        var room = After(Opened(ForEveryone), Raise(Bob), Raise(Cleo), Raise(Dan), Drop(Cleo), Leave(Bob));
        Assert.That((RoleOf(room, Cleo), RoleOf(room, Dan)), Is.EqualTo(((Role?)Role.Listener, (Role?)Role.Speaker)));

        var back = After(room, Leave(Dan), Enter(Cleo));
        Assert.That(RoleOf(back, Cleo), Is.EqualTo(Role.Speaker), "the place waited for nobody else");
    }

    [Test]
    public void Whom_a_host_moved_down_waits_for_a_host_where_everybody_speaks()
    {
        var room = After(Opened(ForEveryone), Raise(Bob), Take(Bob), Raise(Bob));

        Assert.That(room.OnStage(Bob.Id), Is.EqualTo(new StageMember(Bob, Role.Listener, true, true, room.Version)));
        Assert.That(RoleOf(After(room, Give(Bob)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Whom_the_host_follows_need_not_wait_where_that_is_the_rule()
    {
        var room = After(
            Opened(new RoomPolicy(Speak: SpeakPolicy.FollowedByHost)),
            Raise(Bob) with
            {
                FollowedByHost = true,
            },
            Raise(Cleo)
        );

        Assert.That((RoleOf(room, Bob), RoleOf(room, Cleo)), Is.EqualTo(((Role?)Role.Speaker, (Role?)Role.Listener)));
    }

    [Test]
    public void The_room_that_opens_to_everyone_gives_the_word_to_the_queue_as_far_as_places_go()
    {
        var queue = After(Opened(new RoomPolicy(SpeakersMax: 3)), Raise(Bob), Raise(Cleo), Raise(Dan));
        var open = After(queue, Change(new RoomPolicyChange { Speak = SpeakPolicy.Everyone }));

        Assert.That(open.Stage.Count(member => member.Role == Role.Speaker), Is.EqualTo(2));
        Assert.That(open.Stage.Hands.Select(hand => hand.Person), Is.EqualTo([Dan]));
    }

    [Test]
    public void The_room_that_closes_to_the_invited_keeps_its_speakers_and_its_queue()
    {
        var open = After(Opened(ForEveryone), Raise(Bob), Raise(Cleo));
        var closed = After(
            open,
            Change(new RoomPolicyChange { Speak = SpeakPolicy.InvitedOnly }),
            Drop(Bob),
            Enter(Bob)
        );

        Assert.That((RoleOf(closed, Bob), closed.Stage.HandCount), Is.EqualTo(((Role?)Role.Speaker, 1)));
        Assert.That(After(closed, Leave(Bob)).Stage.HandCount, Is.EqualTo(1), "nobody moves up by themselves");
    }

    [Test]
    public void Who_speaks_raises_no_hand() =>
        Refused(After(Live, Enter(Bob, true)), Raise(Bob), RefusalCode.PermissionDenied, "already speak");

    [Test]
    public void An_invitation_is_accepted_or_declined()
    {
        var invited = After(Live, Invite(Bob));

        Assert.That(invited.OnStage(Bob.Id)!.Invited, Is.True);
        ChangesNothing(invited, Invite(Bob));
        Assert.That(
            After(invited, Accept(Bob)).OnStage(Bob.Id),
            Is.EqualTo(new StageMember(Bob, Role.Speaker, false, true))
        );
        Assert.That(After(invited, Accept(Bob), Leave(Bob), Enter(Bob)).OnStage(Bob.Id)!.MaySpeak, Is.True);
        Assert.That(After(invited, Decline(Bob)).OnStage(Bob.Id), Is.Null);
        var withdrawn = After(invited, new RoomCommand.WithdrawInvitation(Host, Bob.Id, Now));
        Refused(withdrawn, Accept(Bob), RefusalCode.PermissionDenied, "not invited");
        ChangesNothing(withdrawn, new RoomCommand.WithdrawInvitation(Host, Bob.Id, Now));
    }

    [Test]
    public void An_invitation_stays_open_while_all_places_are_taken()
    {
        var full = After(Opened(new RoomPolicy(SpeakersMax: 2)), Invite(Bob), Enter(Cleo, true));

        Refused(full, Accept(Bob), RefusalCode.ResourceExhausted, "All 2 places");
        Assert.That(full.OnStage(Bob.Id)!.Invited, Is.True);
        Assert.That(RoleOf(After(full, Leave(Cleo), Accept(Bob)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void A_hand_and_an_invitation_meet_in_the_word()
    {
        Assert.That(RoleOf(After(Live, Raise(Bob), Invite(Bob)), Bob), Is.EqualTo(Role.Speaker));
        Assert.That(RoleOf(After(Live, Invite(Bob), Raise(Bob)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Where_no_place_is_free_the_invited_queue_and_keep_both_when_one_is_taken_back()
    {
        var both = After(Opened(new RoomPolicy(SpeakersMax: 1)), Invite(Bob), Raise(Bob));

        Assert.That(
            both.OnStage(Bob.Id),
            Is.EqualTo(new StageMember(Bob, Role.Listener, true, true, both.Version, true))
        );
        Assert.That(After(both, Lower(Bob)).OnStage(Bob.Id)!.Invited, Is.True);
        Assert.That(After(both, Decline(Bob)).OnStage(Bob.Id)!.HandRaised, Is.True);
    }

    [Test]
    public void Who_may_speak_is_not_invited()
    {
        Refused(Live, Invite(Ada), RefusalCode.FailedPrecondition, "already");
        Refused(After(Live, Leave(Ada)), Invite(Ada), RefusalCode.FailedPrecondition, "already");
        Refused(After(Live, Give(Bob)), Invite(Bob), RefusalCode.FailedPrecondition, "already");
    }
}
