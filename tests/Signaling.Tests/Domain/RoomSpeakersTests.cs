using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>The word and its time, and microphones.</summary>
[TestFixture]
internal sealed class RoomSpeakersTests
{
    private static readonly RoomPolicy WithTurns = new(TurnSeconds: 60);

    [Test]
    public void Asking_for_what_is_already_so_changes_nothing()
    {
        var room = After(Live, Enter(Bob, true), Raise(Cleo));

        Assert.Multiple(() =>
        {
            ChangesNothing(room, Give(Bob));
            ChangesNothing(room, Raise(Cleo));
            ChangesNothing(room, Take(Cleo));
            ChangesNothing(room, Take(Dan));
            ChangesNothing(room, Mute(Bob, muted: false));
        });
    }

    [Test]
    public void The_word_is_given_while_a_place_is_free()
    {
        var full = After(Opened(new RoomPolicy(SpeakersMax: 2)), Give(Bob));

        Refused(full, Give(Cleo), RefusalCode.ResourceExhausted, "All 2 places");
        Assert.That(RoleOf(After(full, Take(Bob), Give(Cleo)), Cleo), Is.EqualTo(Role.Speaker));
    }

    [TestCase(Role.Host)]
    [TestCase(Role.CoHost)]
    [TestCase((Role)0)]
    [TestCase((Role)9)]
    public void No_other_role_is_given_this_way(Role role) =>
        Refused(Live, Give(Bob, role), RefusalCode.InvalidArgument, "role");

    [Test]
    public void Nobody_takes_the_word_from_the_host()
    {
        Refused(Live, Take(Ada), RefusalCode.PermissionDenied, "host");
        Refused(Live, Take(Ada) with { Actor = Actor.System }, RefusalCode.FailedPrecondition, "Hand the room over");
    }

    [Test]
    public void A_turn_begins_with_the_word_and_ends_by_its_timer_alone()
    {
        var room = After(Opened(WithTurns), Give(Bob), Enter(Cleo, true));
        var turn = room.OnStage(Bob.Id)!.Turn!;

        Assert.That(turn, Is.EqualTo(new Turn(Number: 3, Seconds: 60)));
        Assert.That((room.OnStage(Ada.Id)!.Turn, room.OnStage(Cleo.Id)!.Turn?.Number), Is.EqualTo(((Turn?)null, 4)));
        var over = After(room, TurnOver(room, Bob));
        Assert.That(over.OnStage(Bob.Id), Is.Null);
        ChangesNothing(over, new RoomCommand.TurnOver(Bob.Id, turn.Number, Now));
    }

    [Test]
    public void A_late_timer_does_not_end_a_later_turn()
    {
        var first = After(Opened(WithTurns), Give(Bob));
        var second = After(first, Take(Bob), Give(Bob));

        ChangesNothing(second, TurnOver(first, Bob));
    }

    [Test]
    public void Neither_dropping_out_nor_leaving_nor_a_token_renews_a_turn()
    {
        var room = After(Opened(WithTurns), Enter(Bob, true));
        var turn = room.OnStage(Bob.Id)!.Turn;

        var resumed = After(room, Drop(Bob), Enter(Bob, true), Mute(Bob), Mute(Bob, false));
        Assert.That(resumed.OnStage(Bob.Id)!.Turn, Is.EqualTo(turn));
        Assert.That(After(room, Leave(Bob), Enter(Bob, true)).OnStage(Bob.Id), Is.Null);
        Assert.That(After(room, Drop(Bob), TurnOver(room, Bob), Enter(Bob, true)).OnStage(Bob.Id), Is.Null);
    }

    [Test]
    public void After_a_turn_one_may_ask_again_and_the_next_hand_moves_up()
    {
        var room = After(
            Opened(WithTurns with { Speak = SpeakPolicy.Everyone, SpeakersMax = 2 }),
            Raise(Bob),
            Raise(Cleo)
        );
        var next = After(room, TurnOver(room, Bob), Raise(Bob));

        Assert.That((RoleOf(next, Cleo), RoleOf(next, Bob)), Is.EqualTo(((Role?)Role.Speaker, (Role?)Role.Listener)));
        Assert.That(RoleOf(After(next, TurnOver(next, Cleo)), Bob), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Lifting_the_rule_lifts_the_turns_that_run_and_a_new_length_holds_from_the_next()
    {
        var room = After(Opened(WithTurns), Give(Bob));

        var longer = After(room, Change(new RoomPolicyChange { TurnSeconds = 120 }), Give(Cleo));
        Assert.That(longer.Stage.Select(member => member.Turn?.Seconds), Is.EqualTo(new int?[] { null, 60, 120 }));
        var lifted = After(longer, Change(new RoomPolicyChange { TurnSeconds = 0 }));
        Assert.That(lifted.Stage.Select(member => member.Turn), Is.All.Null);
    }

    [Test]
    public void An_encoder_that_is_moved_down_is_a_listener_who_cannot_publish_again()
    {
        var encoder = Enter(Bob, true) with { MustSpeak = true };
        var room = After(Live, encoder, Take(Bob), Leave(Bob));

        Refused(room, encoder, RefusalCode.PermissionDenied, "may not speak");
    }

    [Test]
    public void Muting_is_seen_on_stage_and_nowhere_else()
    {
        var room = After(Live, Mute(Ada), Mute(Bob));

        Assert.That((room.Stage.Single().Person.Muted, room.Version), Is.EqualTo((true, 3)));
    }

    [Test]
    public void A_host_mutes_one_or_all_speakers_and_never_unmutes()
    {
        var room = After(Live, Appoint(Bob), Give(Cleo), Give(Dan), Raise(Eve));

        var all = After(room, new RoomCommand.MuteAll(Host, Now));
        Assert.That(
            all.Stage.Where(member => member.Person.Muted).Select(member => member.Person.Name),
            Is.EqualTo(["cleo", "dan"])
        );
        ChangesNothing(all, new RoomCommand.MuteAll(Host, Now));
        var one = After(room, new RoomCommand.MuteOther(Host, Bob.Id, Now));
        Assert.That(one.OnStage(Bob.Id)!.Person.Muted, Is.True);
        ChangesNothing(one, new RoomCommand.MuteOther(Host, Bob.Id, Now));
        Assert.That(After(one, Mute(Bob, false)).OnStage(Bob.Id)!.Person.Muted, Is.False, "they unmute themselves");
        Refused(room, new RoomCommand.MuteOther(Host, Eve.Id, Now), RefusalCode.NotFound, "nobody");
    }

    [Test]
    public void Asking_to_unmute_is_an_event_and_nothing_more()
    {
        var room = After(Live, Give(Bob), Mute(Bob), Give(Cleo), Suppress(Cleo));
        var ask = new RoomCommand.AskToUnmute(Host, Bob.Id, Now);

        Assert.That(room.Decide(ask).Events, Is.EqualTo([new RoomEvent.AskedToUnmute(Bob.Id, Ada.Identity, Now)]));
        Assert.That(After(room, ask) with { Version = room.Version }, Is.EqualTo(room));
        ChangesNothing(After(room, Mute(Bob, false)), ask);
        Refused(room, ask with { Target = Cleo.Id }, RefusalCode.FailedPrecondition, "Lift that first");
        Refused(room, ask with { Target = Dan.Id }, RefusalCode.NotFound, "nobody");
    }

    [Test]
    public void Who_is_suppressed_stays_muted_over_leaving_until_it_is_lifted()
    {
        var room = After(Live, Give(Bob), Suppress(Bob));

        Refused(room, Mute(Bob, false), RefusalCode.PermissionDenied, "A host muted you");
        var back = After(room, Leave(Bob), Enter(Bob));
        Assert.That(back.OnStage(Bob.Id), Is.EqualTo(room.OnStage(Bob.Id)));
        Refused(back, Mute(Bob, false), RefusalCode.PermissionDenied, "A host muted you");
        var lifted = After(back, Suppress(Bob, false));
        Assert.That(lifted.OnStage(Bob.Id)!.Person.Muted, Is.True, "nobody unmutes another");
        Assert.That(After(lifted, Mute(Bob, false)).OnStage(Bob.Id)!.Person.Muted, Is.False);
        ChangesNothing(lifted, Suppress(Bob, false));
        ChangesNothing(room, Suppress(Bob));
    }

    [Test]
    public void A_suppression_is_lifted_while_the_account_is_away() =>
        Assert.That(After(Live, Give(Bob), Suppress(Bob), Leave(Bob), Suppress(Bob, false)).Suppressed, Is.Empty);

    [Test]
    public void A_host_who_gives_the_word_anew_means_to_hear_and_a_rule_does_not()
    {
        var room = After(Opened(new RoomPolicy(Speak: SpeakPolicy.Everyone)), Raise(Bob), Suppress(Bob), Leave(Bob));

        Assert.That(After(room, Raise(Bob)).OnStage(Bob.Id)!.Suppressed, Is.True);
        Assert.That(After(room, Give(Bob)).OnStage(Bob.Id)!.Suppressed, Is.False);
        Assert.That(After(room, Appoint(Bob)).OnStage(Bob.Id)!.Suppressed, Is.False);
        Assert.That(After(room, HandOver(Bob)).OnStage(Bob.Id)!.Suppressed, Is.False);
    }

    [Test]
    public void Only_speakers_are_suppressed()
    {
        var room = After(Live, Appoint(Bob), Raise(Cleo));

        Refused(room, Suppress(Bob), RefusalCode.FailedPrecondition, "Dismiss");
        Refused(room, Suppress(Cleo), RefusalCode.FailedPrecondition, "speaker");
        Refused(room, Suppress(Dan), RefusalCode.FailedPrecondition, "speaker");
    }
}
