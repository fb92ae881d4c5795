using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

[TestFixture]
internal sealed class RoomTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly Person Ada = Somebody("ada", 1);
    private static readonly Person Bob = Somebody("bob", 2);
    private static readonly Person Cleo = Somebody("cleo", 3);
    private static readonly Actor Host = new(Ada.Identity);

    private static readonly Room Opened = After(
        Room.Unopened(new RoomId("r")),
        new RoomCommand.Open("A talk", Ada.Identity, Ada.Name, Now)
    );

    [Test]
    public void A_room_opens_live_with_its_first_event() =>
        Assert.Multiple(() =>
        {
            Assert.That(Opened.State, Is.EqualTo(RoomState.Live));
            Assert.That(Opened.Version, Is.EqualTo(1));
            Assert.That(Opened.Host, Is.EqualTo(Ada.Identity));
            Assert.That(Opened.Stage, Is.Empty);
        });

    [TestCase("")]
    [TestCase("   ")]
    [TestCase("two\nlines")]
    [TestCase("a bell \a")]
    public void A_title_that_people_cannot_read_is_refused(string title) =>
        Refused(Room.Unopened(new RoomId("r")), new RoomCommand.Open(title, Ada.Identity, Ada.Name, Now), "title");

    [TestCase(200, true)]
    [TestCase(201, false)]
    public void A_title_has_at_most_two_hundred_characters(int length, bool accepted)
    {
        var title = string.Concat(Enumerable.Repeat("𝄞", length));
        var decision = Opened.Decide(new RoomCommand.Edit(Host, Now) { Title = title });

        Assert.That(decision.Refusal is null, Is.EqualTo(accepted));
    }

    [Test]
    public void The_host_comes_in_as_host_and_a_listener_comes_in_unseen()
    {
        var room = After(Opened, Enter(Ada), Enter(Bob));

        Assert.That(room.Stage.Select(member => (member.Person, member.Role)), Is.EqualTo([(Ada, Role.Host)]));
    }

    [Test]
    public void A_token_that_vouches_makes_a_speaker() =>
        Assert.That(After(Opened, Enter(Bob, tokenMaySpeak: true)).OnStage(Bob.Id)!.Role, Is.EqualTo(Role.Speaker));

    [Test]
    public void Raised_hands_stand_in_the_order_they_went_up()
    {
        var room = After(Opened, Enter(Ada), Raise(Cleo), Raise(Bob), Raise(Cleo));

        Assert.That(room.Stage.Skip(1).Select(member => member.Person.Id), Is.EqualTo([Cleo.Id, Bob.Id]));
    }

    [Test]
    public void A_listener_who_is_given_the_word_speaks_and_has_the_hand_down()
    {
        var room = After(Opened, Enter(Ada), Raise(Bob), Give(Bob, Role.Speaker));

        var member = room.OnStage(Bob.Id)!;
        Assert.That((member.Role, member.HandRaised), Is.EqualTo((Role.Speaker, false)));
    }

    [Test]
    public void What_the_host_took_away_no_token_gives_back()
    {
        var room = After(
            Opened,
            Enter(Ada),
            Enter(Bob, tokenMaySpeak: true),
            Give(Bob, Role.Listener),
            new RoomCommand.Leave(Bob.Id, Now),
            Enter(Bob, tokenMaySpeak: true)
        );

        Assert.That(room.OnStage(Bob.Id), Is.Null);
    }

    [Test]
    public void What_the_host_gave_lasts_over_leaving_and_coming_back()
    {
        var room = After(
            Opened,
            Give(Bob, Role.Speaker),
            new RoomCommand.Leave(Bob.Id, Now),
            Enter(Bob with { Id = new ParticipantId("bob-again") })
        );

        Assert.That(room.Stage.Single().Role, Is.EqualTo(Role.Speaker));
    }

    [Test]
    public void The_host_may_leave_and_comes_back_as_host()
    {
        var room = After(Opened, Enter(Ada), new RoomCommand.Leave(Ada.Id, Now), Enter(Ada));

        Assert.That(room.OnStage(Ada.Id)!.Role, Is.EqualTo(Role.Host));
    }

    [Test]
    public void A_lost_connection_is_shown_and_a_return_is_shown()
    {
        var lost = After(Opened, Enter(Ada), new RoomCommand.LoseConnection(Ada.Id, Now));
        var back = After(lost, Enter(Ada));

        Assert.That((lost.Stage.Single().Connected, back.Stage.Single().Connected), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_raised_hand_survives_a_lost_connection()
    {
        var room = After(Opened, Raise(Bob), new RoomCommand.LoseConnection(Bob.Id, Now), Enter(Bob));

        Assert.That(room.OnStage(Bob.Id), Is.EqualTo(new StageMember(Bob, Role.Listener, true, true, HandNumber: 2)));
    }

    [Test]
    public void Muting_is_seen_on_stage_and_nowhere_else()
    {
        var room = After(
            Opened,
            Enter(Ada),
            new RoomCommand.Mute(Ada, true, Now),
            new RoomCommand.Mute(Bob, true, Now)
        );

        Assert.That(room.Stage.Single().Person.Muted, Is.True);
        Assert.That(room.Version, Is.EqualTo(3));
    }

    [Test]
    public void Asking_for_what_is_already_so_changes_nothing()
    {
        var room = After(Opened, Enter(Ada), Raise(Bob));

        Assert.Multiple(() =>
        {
            Assert.That(room.Decide(Raise(Bob)), Is.EqualTo(RoomDecision.Nothing));
            Assert.That(room.Decide(Enter(Ada)), Is.EqualTo(RoomDecision.Nothing));
            Assert.That(room.Decide(Give(Bob, Role.Listener)), Is.EqualTo(RoomDecision.Nothing));
            Assert.That(
                room.Decide(new RoomCommand.Edit(Host, Now) { Title = "A talk" }),
                Is.EqualTo(RoomDecision.Nothing)
            );
        });
    }

    [Test]
    public void Nobody_takes_the_word_from_the_host() =>
        Refused(After(Opened, Enter(Ada)), Give(Ada, Role.Listener), "host");

    [Test]
    public void There_is_no_second_host() => Refused(Opened, Give(Bob, Role.Host), "role");

    [Test]
    public void Speakers_do_not_raise_their_hands() =>
        Refused(After(Opened, Enter(Bob, tokenMaySpeak: true)), Raise(Bob), "already speak");

    [Test]
    public void A_full_queue_keeps_no_speaker_out()
    {
        var hands = Enumerable.Range(10, Room.StageListenersMax).Select(i => Raise(Somebody($"p{i}", (uint)i)));
        var full = After(Opened, [.. hands]);

        Refused(full, Raise(Bob), "full");
        Assert.That(After(full, Enter(Ada), Enter(Bob, true)).Stage, Has.Count.EqualTo(Room.StageListenersMax + 2));
    }

    [Test]
    public void Two_people_never_have_the_same_media_id() =>
        Refused(After(Opened, Enter(Ada)), Enter(Bob with { MediaId = Ada.MediaId }, true), "taken");

    [Test]
    public void An_ended_room_takes_no_more_commands_and_ending_it_again_is_fine()
    {
        var ended = After(Opened, Enter(Ada), new RoomCommand.End(Host, Now));

        Assert.That((ended.State, ended.EndReason), Is.EqualTo((RoomState.Ended, RoomEndReason.Host)));
        Assert.That(ended.Stage, Is.Empty);
        Refused(ended, Enter(Bob), "ended");
        Assert.That(ended.Decide(new RoomCommand.End(Host, Now)), Is.EqualTo(RoomDecision.Nothing));
    }

    [Test]
    public void An_administrator_ends_a_room_and_a_passer_by_does_not()
    {
        var passerBy = new Actor(new Identity("zoe"));

        Refused(Opened, new RoomCommand.End(passerBy, Now), "host");
        var ended = After(Opened, new RoomCommand.End(passerBy with { IsAdministrator = true }, Now));
        Assert.That(ended.EndReason, Is.EqualTo(RoomEndReason.Administrator));
    }

    private static Person Somebody(string name, uint mediaId) =>
        new(new ParticipantId($"{name}-id"), new Identity(name), name, new MediaId(mediaId), Muted: false);

    private static RoomCommand.Enter Enter(Person person, bool tokenMaySpeak = false) =>
        new(person, tokenMaySpeak, Now);

    private static RoomCommand.RaiseHand Raise(Person person) => new(person, true, Now);

    private static RoomCommand.ChangeRole Give(Person person, Role role) => new(Host, person, role, Now);

    private static Room After(Room room, params RoomCommand[] commands)
    {
        foreach (var command in commands)
        {
            var decision = room.Decide(command);
            Assert.That(decision.Refusal, Is.Null, command.ToString());
            room = room.Apply(decision.Events);
        }

        return room;
    }

    private static void Refused(Room room, RoomCommand command, string because)
    {
        var refusal = room.Decide(command).Refusal;
        Assert.That(refusal?.Message, Does.Contain(because).And.EndsWith("."));
    }
}
