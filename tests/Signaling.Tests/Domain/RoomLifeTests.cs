using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Opening, scheduling, starting, editing and ending.</summary>
[TestFixture]
internal sealed class RoomLifeTests
{
    [Test]
    public void A_room_opens_live_with_its_first_event()
    {
        var opened = After(Unopened, new RoomCommand.Open("A talk", Ada.Identity, Ada.Name, Now));

        Assert.That((opened.State, opened.Version, opened.Host), Is.EqualTo((RoomState.Live, 1, Ada.Identity)));
        Assert.That((opened.StartedAt, opened.StartsAt), Is.EqualTo(((DateTimeOffset?)Now, (DateTimeOffset?)null)));
        Refused(
            opened,
            new RoomCommand.Open("A talk", Ada.Identity, "Ada", Now),
            RefusalCode.FailedPrecondition,
            "open"
        );
    }

    [TestCase("")]
    [TestCase("   ")]
    [TestCase("two\nlines")]
    [TestCase("a bell \a")]
    public void A_title_that_people_cannot_read_is_refused(string title) =>
        Refused(
            Unopened,
            new RoomCommand.Open(title, Ada.Identity, Ada.Name, Now),
            RefusalCode.InvalidArgument,
            "title"
        );

    [TestCase(200, true)]
    [TestCase(201, false)]
    public void A_title_has_at_most_two_hundred_characters(int length, bool accepted)
    {
        var title = string.Concat(Enumerable.Repeat("𝄞", length));
        var decision = Live.Decide(new RoomCommand.Edit(Host, Now) { Title = title });

        Assert.That(decision.Refusal is null, Is.EqualTo(accepted));
    }

    [Test]
    public void A_description_may_be_empty_and_have_lines_and_at_most_a_thousand_characters()
    {
        After(Live, new RoomCommand.Edit(Host, Now) { Description = "One.\nTwo." });
        ChangesNothing(Live, new RoomCommand.Edit(Host, Now) { Description = "" });
        Refused(
            Live,
            new RoomCommand.Edit(Host, Now) { Description = new string('x', 1_001) },
            RefusalCode.InvalidArgument,
            "1001 characters"
        );
    }

    [TestCase("at most 5", "a", "b", "c", "d", "e", "f")]
    [TestCase("twice", "Music", "music")]
    [TestCase("31 characters", "0123456789012345678901234567890")]
    [TestCase("empty", "")]
    public void Topics_are_few_short_and_different(string because, params string[] topics) =>
        Refused(Live, new RoomCommand.Edit(Host, Now) { Topics = [.. topics] }, RefusalCode.InvalidArgument, because);

    [Test]
    public void A_room_is_edited_field_by_field()
    {
        var room = After(
            Live,
            new RoomCommand.Edit(Host, Now) { Topics = ["music"] },
            new RoomCommand.Edit(Host, Now) { Description = "Bring a friend." },
            new RoomCommand.Edit(Host, Now) { Title = "Other" }
        );

        Assert.That(
            (room.Title, room.Description, room.Topics.Single()),
            Is.EqualTo(("Other", "Bring a friend.", "music"))
        );
        ChangesNothing(room, new RoomCommand.Edit(Host, Now) { Title = "Other" });
    }

    [Test]
    public void Before_the_start_hosts_prepare_and_others_are_told_when_to_come()
    {
        var room = After(Scheduled(), Appoint(Bob) with { Present = null }, Enter(Ada), Enter(Bob));

        Assert.That((RoleOf(room, Ada), RoleOf(room, Bob)), Is.EqualTo(((Role?)Role.Host, (Role?)Role.CoHost)));
        Refused(room, Enter(Cleo, true), RefusalCode.FailedPrecondition, "starts at 2026-11-22 08:00 UTC");
        Refused(room, Raise(Cleo), RefusalCode.FailedPrecondition, "not started");
        After(room, Enter(Cleo) with { IsAdministrator = true });
    }

    [Test]
    public void A_host_who_leaves_before_the_start_starts_no_grace() =>
        Assert.That(Events(After(Scheduled(), Enter(Ada)), Leave(Ada)), Is.EqualTo(["StageLeft"]));

    [Test]
    public void Starting_lets_everybody_in_and_can_be_said_twice()
    {
        var started = After(Scheduled(), new RoomCommand.Start(Host, Now.AddHours(3)), Enter(Bob, true));

        Assert.That((started.State, started.StartedAt), Is.EqualTo((RoomState.Live, (DateTimeOffset?)Now.AddHours(3))));
        Assert.That(RoleOf(started, Bob), Is.EqualTo(Role.Speaker));
        ChangesNothing(started, new RoomCommand.Start(Host, Now));
    }

    [Test]
    public void The_start_can_be_moved_until_the_room_is_live()
    {
        var later = new RoomCommand.Edit(Host, Now) { StartsAt = Now.AddDays(3) };

        Assert.That(After(Scheduled(), later).StartsAt, Is.EqualTo(Now.AddDays(3)));
        Refused(Live, later, RefusalCode.FailedPrecondition, "cannot be moved");
    }

    [TestCase(-1, false)]
    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(366 * 24 * 3600, true)]
    [TestCase((366 * 24 * 3600) + 1, false)]
    public void A_room_is_announced_for_a_time_ahead_of_a_year_at_most(int seconds, bool accepted)
    {
        var startsAt = Now.AddSeconds(seconds);
        var decision = Unopened.Decide(new RoomCommand.Schedule("A talk", Ada.Identity, "Ada", startsAt, Now));

        Assert.That(decision.Refusal?.Message, accepted ? Is.Null : Does.Contain("starts_at"));
    }

    [Test]
    public void A_scheduled_room_is_cancelled_by_its_host_or_by_nobody_starting_it()
    {
        var cancelled = After(Scheduled(), new RoomCommand.End(Host, Now));
        Assert.That(cancelled.EndReason, Is.EqualTo(RoomEndReason.Cancelled));

        ChangesNothing(Scheduled(), new RoomCommand.Expire(Now.AddDays(2)));
        var forgotten = After(Scheduled(), new RoomCommand.Expire(Now.AddDays(2).AddSeconds(1)));
        Assert.That(forgotten.EndReason, Is.EqualTo(RoomEndReason.Cancelled));
    }

    [Test]
    public void An_ended_room_stays_readable_and_takes_no_more_commands()
    {
        var ended = After(Live, new RoomCommand.End(Host, Now));

        Assert.That((ended.State, ended.EndReason), Is.EqualTo((RoomState.Ended, RoomEndReason.Host)));
        Assert.That((ended.Title, ended.Stage.Count), Is.EqualTo(("A talk", 0)));
        Refused(ended, Enter(Bob), RefusalCode.FailedPrecondition, "ended");
        Refused(ended, new RoomCommand.Edit(Host, Now) { Title = "Other" }, RefusalCode.FailedPrecondition, "ended");
        Refused(ended, new RoomCommand.Start(Host, Now), RefusalCode.FailedPrecondition, "ended");
    }

    [Test]
    public void What_comes_late_to_an_ended_room_changes_nothing()
    {
        var ended = After(Live, new RoomCommand.End(Host, Now));

        RoomCommand[] late =
        [
            new RoomCommand.End(Host, Now),
            new RoomCommand.Expire(Now),
            Leave(Ada),
            Drop(Ada),
            new RoomCommand.TurnOver(Ada.Id, 1, Now),
            new RoomCommand.HostGraceOver(1, [], Now),
        ];
        Assert.Multiple(() => Array.ForEach(late, command => ChangesNothing(ended, command)));
    }

    [Test]
    public void The_reason_of_an_end_says_who_ended_it()
    {
        Assert.Multiple(() =>
        {
            Assert.That(EndedBy(Administrator), Is.EqualTo(RoomEndReason.Administrator));
            Assert.That(EndedBy(Actor.System), Is.EqualTo(RoomEndReason.Administrator));
            Assert.That(EndedBy(Administrator, RoomEndReason.TakenDown), Is.EqualTo(RoomEndReason.TakenDown));
            Assert.That(EndedBy(Actor.System, RoomEndReason.Suspended), Is.EqualTo(RoomEndReason.Suspended));
            Assert.That(EndedBy(Host, RoomEndReason.TakenDown), Is.EqualTo(RoomEndReason.Host), "not a host's to say");
            Assert.That(After(Live, new RoomCommand.Expire(Now)).EndReason, Is.EqualTo(RoomEndReason.Empty));
        });
    }

    [Test]
    public void A_room_that_never_opened_is_not_there() =>
        Refused(Unopened, Enter(Bob), RefusalCode.NotFound, "no such room");

    private static RoomEndReason? EndedBy(Actor actor, RoomEndReason? reason = null) =>
        After(Live, new RoomCommand.End(actor, Now, reason)).EndReason;
}
