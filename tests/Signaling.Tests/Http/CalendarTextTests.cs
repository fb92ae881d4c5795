using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Http;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Http;

/// <summary>A room in people's calendars, read back by a reader that forgives nothing (RFC 5545).</summary>
[TestFixture]
internal sealed class CalendarTextTests
{
    private const string Event = "VEVENT";

    private static readonly DateTimeOffset Now = new(2031, 5, 4, 10, 0, 0, TimeSpan.Zero);
    private static readonly Uri Page = new("https://spaces.example/r/room-1");

    private static readonly Room Scheduled = Room.Unopened(new RoomId("room-1"))
        .Apply(
            new RoomEvent.Scheduled(
                "Jazz; or: \"what, now?\" \\o/",
                new Identity("ada"),
                "Ada",
                Now.AddDays(1),
                "First line\r\nsecond line, with a comma\n",
                ["music", "a,b"],
                RoomPolicy.Default,
                Now
            )
        );

    [Test]
    public void What_people_wrote_comes_back_as_they_wrote_it()
    {
        var calendar = Calendar.Parse(CalendarEndpoint.Write(Scheduled, Page, Now));

        Assert.Multiple(() =>
        {
            Assert.That(calendar.Value(Event, "SUMMARY"), Is.EqualTo(Scheduled.Title));
            Assert.That(
                calendar.Value(Event, "DESCRIPTION"),
                Is.EqualTo($"First line\nsecond line, with a comma\n\n{Page}")
            );
            Assert.That(calendar.Value(Event, "CATEGORIES"), Is.EqualTo("music,a,b"));
        });
    }

    [Test]
    public void It_is_an_event_with_all_that_the_standard_wants()
    {
        var calendar = Calendar.Parse(CalendarEndpoint.Write(Scheduled, Page, Now));

        Assert.Multiple(() =>
        {
            Assert.That(calendar.Value("VCALENDAR", "VERSION"), Is.EqualTo("2.0"));
            Assert.That(calendar.Has("VCALENDAR", "PRODID"), Is.True);
            Assert.That(calendar.Value("VCALENDAR", "METHOD"), Is.EqualTo("PUBLISH"));
            Assert.That(calendar.Value(Event, "UID"), Is.EqualTo("room-1@spaces.example"));
            Assert.That(calendar.Time(Event, "DTSTAMP"), Is.EqualTo(Now));
            Assert.That(calendar.Time(Event, "DTSTART"), Is.EqualTo(Now.AddDays(1)));
            Assert.That(calendar.Value(Event, "DURATION"), Is.EqualTo("PT1H"));
            Assert.That(calendar.Value(Event, "URL"), Is.EqualTo(Page.AbsoluteUri));
            Assert.That(calendar.Value(Event, "STATUS"), Is.EqualTo("CONFIRMED"));
            Assert.That(calendar.Value("VALARM", "TRIGGER"), Is.EqualTo("-PT10M"));
        });
    }

    [Test]
    public void A_moved_room_has_the_same_name_and_a_higher_sequence()
    {
        var edited = new RoomEvent.Edited("Jazz", "", [], Now.AddDays(2), Now);

        var moved = Calendar.Parse(CalendarEndpoint.Write(Scheduled.Apply(edited), Page, Now));

        Assert.That(moved.Value(Event, "UID"), Is.EqualTo("room-1@spaces.example"));
        Assert.That(moved.Value(Event, "SEQUENCE"), Is.EqualTo("2"));
        Assert.That(moved.Time(Event, "DTSTART"), Is.EqualTo(Now.AddDays(2)));
    }

    [Test]
    public void A_cancelled_room_is_taken_out_of_calendars()
    {
        var cancelled = Scheduled.Apply(new RoomEvent.Ended(RoomEndReason.Cancelled, Now));

        var calendar = Calendar.Parse(CalendarEndpoint.Write(cancelled, Page, Now));

        Assert.That(calendar.Value("VCALENDAR", "METHOD"), Is.EqualTo("CANCEL"));
        Assert.That(calendar.Value(Event, "STATUS"), Is.EqualTo("CANCELLED"));
        Assert.That(calendar.Has("VALARM"), Is.False);
    }

    [Test]
    public void An_ended_room_is_as_long_as_it_was()
    {
        var ended = Room.Unopened(new RoomId("room-1"))
            .Apply(new RoomEvent.Opened("Talk", new Identity("ada"), "Ada", Now))
            .Apply(new RoomEvent.Ended(RoomEndReason.Host, Now.AddMinutes(90)));

        var calendar = Calendar.Parse(CalendarEndpoint.Write(ended, Page, Now));

        Assert.That(calendar.Time(Event, "DTEND"), Is.EqualTo(Now.AddMinutes(90)));
    }

    [TestCase("Gr\u00fc\u00dfe ")]
    [TestCase("\U0001F389")]
    [TestCase("\u4E16\u754C\\,;")]
    public void Long_titles_of_any_script_are_folded_between_characters(string piece)
    {
        var title = string.Concat(Enumerable.Repeat(piece, 40)).Trim();
        var room = Scheduled.Apply(new RoomEvent.Edited(title, "", [], Now.AddDays(1), Now));

        var calendar = Calendar.Parse(CalendarEndpoint.Write(room, Page, Now));

        Assert.That(calendar.Value(Event, "SUMMARY"), Is.EqualTo(title));
    }
}
