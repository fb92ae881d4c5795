using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Coming in, dropping out, going: who is let in, and as what.</summary>
[TestFixture]
internal sealed class RoomEntryTests
{
    [Test]
    public void The_host_comes_in_as_host_and_a_listener_comes_in_unseen()
    {
        var room = After(Live, Enter(Bob));

        Assert.That(room.Stage.Select(member => (member.Person, member.Role)), Is.EqualTo([(Ada, Role.Host)]));
    }

    [Test]
    public void A_token_that_vouches_makes_a_speaker() =>
        Assert.That(RoleOf(After(Live, Enter(Bob, true)), Bob), Is.EqualTo(Role.Speaker));

    [Test]
    public void What_a_host_took_away_no_token_gives_back()
    {
        var room = After(Live, Enter(Bob, true), Take(Bob), Leave(Bob), Enter(Bob, true));

        Assert.That(room.OnStage(Bob.Id), Is.Null);
        Refused(room, Enter(Bob, true) with { MustSpeak = true }, RefusalCode.PermissionDenied, "may not speak");
    }

    [Test]
    public void What_a_host_gave_lasts_over_leaving_and_coming_back()
    {
        var again = Bob with { Id = new ParticipantId("bob-again") };
        var room = After(Live, Give(Bob), Leave(Bob), Enter(again));

        Assert.That(RoleOf(room, again), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void An_absent_account_can_be_decided_on_beforehand()
    {
        var room = After(
            Live,
            new RoomCommand.DecideRole(Host, Bob.Identity, Role.Speaker, Now),
            new RoomCommand.DecideRole(Host, Cleo.Identity, Role.Listener, Now),
            Enter(Bob),
            Enter(Cleo, true)
        );

        Assert.That((RoleOf(room, Bob), RoleOf(room, Cleo)), Is.EqualTo(((Role?)Role.Speaker, (Role?)null)));
        ChangesNothing(room, new RoomCommand.DecideRole(Host, Cleo.Identity, Role.Listener, Now));
    }

    [Test]
    public void A_lost_connection_is_shown_and_a_return_is_shown()
    {
        var lost = After(Live, Drop(Ada));
        var back = After(lost, Enter(Ada));

        Assert.That((lost.OnStage(Ada.Id)!.Connected, back.OnStage(Ada.Id)!.Connected), Is.EqualTo((false, true)));
        ChangesNothing(lost, Drop(Ada));
        ChangesNothing(back, Enter(Ada));
    }

    [Test]
    public void A_takeover_by_another_device_brings_its_media_and_keeps_the_place()
    {
        var device = Bob with { MediaId = new MediaId(77), Muted = true };
        var room = After(Live, Enter(Bob, true), Enter(Cleo, true), Enter(device, true));

        Assert.That(room.Stage.Select(member => member.Person), Is.EqualTo([Ada, device, Cleo]));
        Assert.That(room.Stage.Find(Bob.MediaId), Is.Null);
    }

    [Test]
    public void Two_people_never_share_an_id()
    {
        var room = After(Live, Enter(Bob, true));
        Person[] clashing =
        [
            Cleo with
            {
                MediaId = Ada.MediaId,
            },
            Cleo with
            {
                MediaId = new MediaId(0),
            },
            Cleo with
            {
                Id = Bob.Id,
            },
            Bob with
            {
                Id = Cleo.Id,
            },
        ];

        Assert.Multiple(() =>
            Array.ForEach(clashing, person => Refused(room, Enter(person, true), RefusalCode.InvalidArgument, "taken"))
        );
    }

    [Test]
    public void Who_finds_no_place_among_the_speakers_listens_and_an_encoder_is_told()
    {
        var room = After(Opened(new RoomPolicy(SpeakersMax: 2)), Enter(Bob, true), Enter(Cleo, true));

        Assert.That((RoleOf(room, Bob), RoleOf(room, Cleo)), Is.EqualTo(((Role?)Role.Speaker, (Role?)null)));
        Refused(room, Enter(Cleo, true) with { MustSpeak = true }, RefusalCode.ResourceExhausted, "All 2 places");
        Assert.That(RoleOf(After(room, Leave(Bob), Enter(Cleo, true)), Cleo), Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void Host_and_co_hosts_always_find_their_place()
    {
        var full = After(
            Opened(new RoomPolicy(SpeakersMax: 3)),
            Appoint(Bob) with
            {
                Present = null,
            },
            Enter(Cleo, true),
            Enter(Dan, true),
            Enter(Bob)
        );

        Assert.That((RoleOf(full, Bob), RoleOf(full, Cleo)), Is.EqualTo(((Role?)Role.CoHost, (Role?)Role.Speaker)));
        Assert.That(RoleOf(full, Dan), Is.Null);
    }

    [Test]
    public void A_room_for_followers_takes_followers_and_whom_a_host_asked()
    {
        var room = After(
            Opened(new RoomPolicy(Visibility: RoomVisibility.Followers)),
            new RoomCommand.DecideRole(Host, Cleo.Identity, Role.Speaker, Now),
            Appoint(Dan) with
            {
                Present = null,
            }
        );

        Refused(room, Enter(Bob, true), RefusalCode.PermissionDenied, "follow ada");
        After(room, Enter(Bob) with { FollowsHost = true }, Enter(Cleo), Enter(Dan));
        After(room, Enter(Bob) with { IsAdministrator = true });
    }

    [Test]
    public void Without_an_account_one_listens_where_the_room_allows_it()
    {
        var guest = Bob with { Anonymous = true };
        Refused(Live, Enter(guest), RefusalCode.PermissionDenied, "Sign in");

        var open = Opened(new RoomPolicy(Speak: SpeakPolicy.Everyone, AnonymousListening: true));
        ChangesNothing(open, Enter(guest, true));
        Refused(open, Raise(guest), RefusalCode.FailedPrecondition, "only listen");
        Refused(open, Give(guest), RefusalCode.FailedPrecondition, "no account");
        Refused(open, Invite(guest), RefusalCode.FailedPrecondition, "no account");
        Refused(open, HandOver(guest), RefusalCode.FailedPrecondition, "no account");
        Refused(open, Appoint(guest), RefusalCode.FailedPrecondition, "no account");
    }

    [Test]
    public void A_conversation_of_two_has_the_host_and_one_other()
    {
        var room = After(Opened(new RoomPolicy(PeopleMax: 2)), Enter(Bob));

        Assert.That(RoleOf(room, Bob), Is.EqualTo(Role.Listener), "everybody is seen in a small room");
        Refused(room, Enter(Cleo), RefusalCode.ResourceExhausted, "full (2 people)");
        Refused(room, Raise(Cleo), RefusalCode.ResourceExhausted, "full");
        Assert.That(RoleOf(After(room, Give(Bob), Take(Bob)), Bob), Is.EqualTo(Role.Listener));
        Assert.That(RoleOf(After(room, Raise(Bob), Lower(Bob)), Bob), Is.EqualTo(Role.Listener));
        After(room, Drop(Bob), Enter(Bob));
        After(room, Leave(Bob), Enter(Cleo));
    }

    [Test]
    public void A_limit_on_people_keeps_the_hosts_place()
    {
        var room = After(Opened(new RoomPolicy(PeopleMax: 2)), Leave(Ada), Enter(Bob));

        Refused(room, Enter(Cleo), RefusalCode.ResourceExhausted, "full");
        Assert.That(RoleOf(After(room, Enter(Ada)), Ada), Is.EqualTo(Role.Host));
    }

    [Test]
    public void Leaving_what_one_is_not_on_changes_nothing() =>
        Assert.Multiple(() =>
        {
            ChangesNothing(Live, Leave(Bob));
            ChangesNothing(Live, Drop(Bob));
        });
}
