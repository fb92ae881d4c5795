using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Every sentence a room says no with, whole, so that a changed one is read as a person would.</summary>
[TestFixture]
internal sealed class RefusalSentencesTests
{
    private static readonly Person Guest = Eve with { Anonymous = true };
    private static readonly Room Banned = After(Live, Ban(Bob));
    private static readonly Room TwoSpeakers = After(Opened(new RoomPolicy(SpeakersMax: 2)), Give(Dan), Invite(Bob));
    private static readonly Room ForTwo = After(Opened(new RoomPolicy(PeopleMax: 2)), Enter(Dan));
    private static readonly Room WithCoHosts = After(Live, Appoint(Dan), Appoint(Cleo));
    private static readonly Room Ended = After(Live, new RoomCommand.End(Host, Now));

    public static IEnumerable<TestCaseData> Sentences =>
        [
            No(Unopened, Enter(Bob), RefusalCode.NotFound, "There is no such room. Check the link."),
            No(
                Live,
                new RoomCommand.Open("A", Ada.Identity, "A", Now),
                RefusalCode.FailedPrecondition,
                "The room is already open. Take another id for a new one."
            ),
            No(
                Ended,
                Enter(Bob),
                RefusalCode.FailedPrecondition,
                "The room has ended. It can still be read; open a new one to talk."
            ),
            No(
                Scheduled(),
                Enter(Bob),
                RefusalCode.FailedPrecondition,
                "The room starts at 2026-11-22 08:00 UTC, when a host opens it. Come back then, or set a reminder."
            ),
            No(
                Scheduled(),
                Raise(Bob),
                RefusalCode.FailedPrecondition,
                "The room has not started. Raise your hand when it has."
            ),
            No(
                Live,
                new RoomCommand.Edit(Host, Now) { StartsAt = Now.AddDays(1) },
                RefusalCode.FailedPrecondition,
                "The room is live; its start cannot be moved any more."
            ),
            No(
                Scheduled(),
                new RoomCommand.Edit(Host, Now) { StartsAt = Now },
                RefusalCode.InvalidArgument,
                "starts_at must lie ahead, by at most 366 days. Open the room live to start now."
            ),
            No(
                Banned,
                Enter(Bob),
                RefusalCode.PermissionDenied,
                "You have been banned from this room. Ask its host if you think this is a mistake."
            ),
            No(
                Banned,
                Give(Bob),
                RefusalCode.FailedPrecondition,
                "They are banned from this room. Lift the ban first."
            ),
            No(
                Live,
                Enter(Guest),
                RefusalCode.PermissionDenied,
                "This room takes nobody without an account. Sign in first."
            ),
            No(
                Live,
                Raise(Guest),
                RefusalCode.FailedPrecondition,
                "Without an account one can only listen. Sign in to ask for the word."
            ),
            No(
                Live,
                Give(Guest),
                RefusalCode.FailedPrecondition,
                "They have no account and can only listen. Ask them to sign in."
            ),
            No(
                Opened(new RoomPolicy(Visibility: RoomVisibility.Followers)),
                Enter(Bob),
                RefusalCode.PermissionDenied,
                "This room is for people who follow ada. Follow them first."
            ),
            No(
                Live,
                Enter(Bob) with
                {
                    MustSpeak = true,
                },
                RefusalCode.PermissionDenied,
                "You may not speak in this room. Ask the host, or use a token with the grant speak."
            ),
            No(
                Live,
                Enter(Bob with { MediaId = Ada.MediaId }),
                RefusalCode.InvalidArgument,
                "The media id, the identity or the participant id is taken on this stage. Take another."
            ),
            No(
                ForTwo,
                Enter(Bob),
                RefusalCode.ResourceExhausted,
                "The room is full (2 people). Try again when somebody has left."
            ),
            No(
                TwoSpeakers,
                Accept(Bob),
                RefusalCode.ResourceExhausted,
                "All 2 places for speakers are taken. Wait until one is free."
            ),
            No(
                After(Live, Crowd(500).Select(Raise)),
                Raise(Bob),
                RefusalCode.ResourceExhausted,
                "The queue is full (500 people). Try again when it is shorter."
            ),
            No(
                After(Live, Change(new() { RequestsOpen = false })),
                Raise(Bob),
                RefusalCode.FailedPrecondition,
                "The host takes no requests to speak at the moment. Try again later."
            ),
            No(Live, Invite(Ada), RefusalCode.FailedPrecondition, "They may speak already."),
            No(Live, Give(Bob, Role.Host), RefusalCode.InvalidArgument, "role must be ROLE_SPEAKER or ROLE_LISTENER."),
            No(
                Live,
                Take(Ada) with
                {
                    Actor = Actor.System,
                },
                RefusalCode.FailedPrecondition,
                "The host may always speak. Hand the room over first."
            ),
            No(
                Live,
                new RoomCommand.MuteOther(Host, Bob.Id, Now),
                RefusalCode.NotFound,
                "There is nobody with that participant_id who may speak. Look at the stage again."
            ),
            No(
                After(Live, Give(Bob), Suppress(Bob)),
                new RoomCommand.AskToUnmute(Host, Bob.Id, Now),
                RefusalCode.FailedPrecondition,
                "They cannot unmute: a host muted them. Lift that first."
            ),
            No(
                Live,
                Suppress(Bob),
                RefusalCode.FailedPrecondition,
                "Only a speaker can be kept muted. Dismiss a co-host first; a listener is not heard anyway."
            ),
            No(Live, Appoint(Ada), RefusalCode.FailedPrecondition, "The host needs no appointment."),
            No(
                Live,
                Appoint(Bob) with
                {
                    Present = Dan,
                },
                RefusalCode.InvalidArgument,
                "The person in the room has another identity. Give the one of the account."
            ),
            No(
                WithCoHosts,
                Appoint(Bob),
                RefusalCode.ResourceExhausted,
                "This room has 2 co-hosts, and no more may be. Dismiss one first."
            ),
            No(Live, Heirs(Bob, Bob), RefusalCode.InvalidArgument, "Name at most 10 heirs, each once."),
            No(
                Live,
                Heirs(Ada),
                RefusalCode.FailedPrecondition,
                "Neither the host nor somebody who is banned can be an heir. Leave them out."
            ),
            No(
                Live,
                new RoomCommand.TakeDownPost(Host, 1, Now),
                RefusalCode.NotFound,
                "There is no such post, or no longer. Look at the list again."
            ),
            No(
                Live,
                new RoomCommand.SharePost(Host, "ftp://x", "Zoe", "", Now),
                RefusalCode.InvalidArgument,
                "url is no address of a post. Give an https URL of at most 2000 characters."
            ),
            No(
                Live,
                Ban(Bob) with
                {
                    Target = new Identity(""),
                },
                RefusalCode.InvalidArgument,
                "identity is no identity. Give 1-128 characters."
            ),
            No(
                WithCoHosts,
                Change(new() { SpeakersMax = 2 }),
                RefusalCode.FailedPrecondition,
                "3 people may speak. Move some of them to the audience first."
            ),
            No(
                WithCoHosts,
                Change(new() { CoHostsMax = 1 }),
                RefusalCode.FailedPrecondition,
                "There are 2 co-hosts. Dismiss some of them first."
            ),
            No(
                Live,
                Change(new() { PeopleMax = 5 }),
                RefusalCode.FailedPrecondition,
                "The people of a live room without a limit are not counted one by one. Set the limit beforehand."
            ),
            No(
                After(Opened(new RoomPolicy(PeopleMax: 3)), Enter(Bob), Enter(Dan)),
                Change(new() { PeopleMax = 2 }),
                RefusalCode.FailedPrecondition,
                "There are 3 places taken in the room. Wait until somebody has left."
            ),
            No(
                Live,
                Change(new() { TurnSeconds = 5 }),
                RefusalCode.InvalidArgument,
                "turn_seconds is 5. Give 15-3600, or 0 for no limit."
            ),
        ];

    [TestCaseSource(nameof(Sentences))]
    public void A_refusal_says_why_and_what_to_do(Room room, RoomCommand command, RoomRefusal expected) =>
        Assert.That(room.Decide(command).Refusal, Is.EqualTo(expected));

    [Test]
    public void The_sentences_of_the_permission_table_are_sentences() =>
        Assert.That(
            Permissions.Table.Values.Select(row => row.Refusal),
            Is.Unique.And.All.Matches("^[A-Z].{10,110}[.]$")
        );

    private static TestCaseData No(Room room, RoomCommand command, RefusalCode code, string message) =>
        new TestCaseData(room, command, new RoomRefusal(code, message)).SetArgDisplayNames(message);
}
