using Spaces.Signaling.Domain;
using static Spaces.Signaling.Tests.Domain.RoomWorld;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>A command that asks for rights; it can be asked in every standing that can ask it.</summary>
/// <param name="Name">For the test's name.</param>
/// <param name="Rights">All of them are needed; who lacks several is told of the first.</param>
/// <param name="Ask">The command of an actor; null for a command that only somebody in the room can send.</param>
/// <param name="AskSelf">The command of somebody in the room, about themselves.</param>
internal sealed record PermissionCase(
    string Name,
    Right[] Rights,
    Func<Actor, RoomCommand>? Ask = null,
    Func<Person, RoomCommand>? AskSelf = null
)
{
    /// <summary>Asked of a room that is scheduled.</summary>
    public bool InScheduledRoom { get; init; }

    public override string ToString() => Name;
}

/// <summary>Every command that somebody sends, and a room with people in every standing.</summary>
internal static class PermissionCases
{
    private static readonly Person Ivy = Somebody("ivy", 11);
    private static readonly Person Rae = Somebody("rae", 12);
    private static readonly Person Sue = Somebody("sue", 13);
    private static readonly Person Sid = Somebody("sid", 14);
    private static readonly Person Lee = Somebody("lee", 15);
    private static readonly Person Speaker = Somebody("a-speaker", 16);
    private static readonly Person Hand = Somebody("a-hand", 17);
    private static readonly Person Guest = Somebody("a-guest", 18);
    private static readonly Person CoHost = Somebody("a-co-host", 19);
    private static readonly Person Quiet = Somebody("a-quiet-one", 20);
    private static readonly Person Mute = Somebody("a-mute-one", 21) with { Muted = true };
    private static readonly Identity Banned = new("a-banned-one");

    public static readonly Room LiveRoom = People(
        Unopened.Apply(new RoomEvent.Opened("A talk", Ada.Identity, Ada.Name, Now))
    );

    public static readonly Room ScheduledRoom = People(Scheduled());

    private static readonly Dictionary<Standing, Person> InTheRoom = new()
    {
        [Standing.Listener] = Lee,
        [Standing.RaisedHand] = Rae,
        [Standing.Invited] = Ivy,
        [Standing.Speaker] = Sue,
        [Standing.SuppressedSpeaker] = Sid with { Muted = true },
        [Standing.CoHost] = Bob,
        [Standing.Host] = Ada,
    };

    private static readonly Dictionary<Standing, Actor> Outside = new()
    {
        [Standing.Outsider] = new Actor(new Identity("zoe")),
        [Standing.Administrator] = Administrator,
        [Standing.System] = Actor.System,
    };

    public static Actor ActorOf(Standing standing) => PersonOf(standing) is { } person ? As(person) : Outside[standing];

    /// <returns>Null for those who are not in the room.</returns>
    public static Person? PersonOf(Standing standing) => InTheRoom.GetValueOrDefault(standing);

    public static IEnumerable<PermissionCase> All =>
        [.. OfOneself, .. OnTheWord, .. OnMicrophones, .. OnPresence, .. OnTheRoom];

    private static IEnumerable<PermissionCase> OfOneself =>
        [
            new("mute oneself", [Right.MuteSelf], AskSelf: self => new RoomCommand.Mute(self, true, Now)),
            new("unmute oneself", [Right.UnmuteSelf], AskSelf: self => new RoomCommand.Mute(self, false, Now)),
            new("raise the hand", [Right.RaiseHand], AskSelf: Raise),
            new("lower the own hand", [Right.LowerOwnHand], AskSelf: Lower),
            new("accept an invitation", [Right.AnswerInvitation], AskSelf: Accept),
            new("decline an invitation", [Right.AnswerInvitation], AskSelf: Decline),
            new(
                "share a post",
                [Right.SharePost],
                actor => new RoomCommand.SharePost(actor, "https://example.org/2", "Zoe", "Look.", Now)
            ),
        ];

    private static IEnumerable<PermissionCase> OnTheWord =>
        [
            new(
                "accept a hand",
                [Right.GiveTheWord],
                actor => new RoomCommand.ChangeRole(actor, Hand, Role.Speaker, Now)
            ),
            new(
                "move a speaker to the audience",
                [Right.TakeTheWord],
                actor => new RoomCommand.ChangeRole(actor, Speaker, Role.Listener, Now)
            ),
            new(
                "move a co-host to the audience",
                [Right.TakeTheWord, Right.DecideOnCoHosts],
                actor => new RoomCommand.ChangeRole(actor, CoHost, Role.Listener, Now)
            ),
            new(
                "make a co-host a speaker",
                [Right.GiveTheWord, Right.DecideOnCoHosts],
                actor => new RoomCommand.ChangeRole(actor, CoHost, Role.Speaker, Now)
            ),
            new(
                "let an absent account speak",
                [Right.GiveTheWord],
                actor => new RoomCommand.DecideRole(actor, Eve.Identity, Role.Speaker, Now)
            ),
            new(
                "let an absent account not speak",
                [Right.TakeTheWord],
                actor => new RoomCommand.DecideRole(actor, Eve.Identity, Role.Listener, Now)
            ),
            new("invite to speak", [Right.InviteToSpeak], actor => new RoomCommand.InviteToSpeak(actor, Eve, Now)),
            new(
                "withdraw an invitation",
                [Right.InviteToSpeak],
                actor => new RoomCommand.WithdrawInvitation(actor, Guest.Id, Now)
            ),
            new("lower a hand", [Right.LowerHands], actor => new RoomCommand.LowerHand(actor, Hand.Id, Now)),
            new("lower all hands", [Right.LowerHands], actor => new RoomCommand.LowerAllHands(actor, Now)),
        ];

    private static IEnumerable<PermissionCase> OnMicrophones =>
        [
            new("ask to unmute", [Right.AskToUnmute], actor => new RoomCommand.AskToUnmute(actor, Mute.Id, Now)),
            new("mute a speaker", [Right.MuteOthers], actor => new RoomCommand.MuteOther(actor, Speaker.Id, Now)),
            new(
                "mute a co-host",
                [Right.MuteOthers, Right.DecideOnCoHosts],
                actor => new RoomCommand.MuteOther(actor, CoHost.Id, Now)
            ),
            new(
                "mute the host",
                [Right.MuteOthers, Right.DecideOnHost],
                actor => new RoomCommand.MuteOther(actor, Ada.Id, Now)
            ),
            new("mute all", [Right.MuteOthers], actor => new RoomCommand.MuteAll(actor, Now)),
            new("suppress", [Right.Suppress], actor => new RoomCommand.Suppress(actor, Speaker.Identity, true, Now)),
            new(
                "lift a suppression",
                [Right.Suppress],
                actor => new RoomCommand.Suppress(actor, Quiet.Identity, false, Now)
            ),
        ];

    private static IEnumerable<PermissionCase> OnPresence =>
        [
            new("remove a listener", [Right.Remove], actor => new RoomCommand.Remove(actor, Eve, Now)),
            new("remove a speaker", [Right.Remove], actor => new RoomCommand.Remove(actor, Speaker, Now)),
            new(
                "remove a co-host",
                [Right.Remove, Right.DecideOnCoHosts],
                actor => new RoomCommand.Remove(actor, CoHost, Now)
            ),
            new("remove the host", [Right.Remove, Right.DecideOnHost], actor => Remove(Ada, actor)),
            new("ban a listener", [Right.Ban], actor => Ban(Eve, actor)),
            new("ban a co-host", [Right.Ban, Right.DecideOnCoHosts], actor => Ban(CoHost, actor)),
            new("ban the host", [Right.Ban, Right.DecideOnHost], actor => Ban(Ada, actor)),
            new("lift a ban", [Right.Ban], actor => new RoomCommand.Unban(actor, Banned, Now)),
        ];

    private static IEnumerable<PermissionCase> OnTheRoom =>
        [
            new("appoint a co-host", [Right.AppointCoHosts], actor => Appoint(Speaker) with { Actor = actor }),
            new("dismiss a co-host", [Right.AppointCoHosts], actor => Dismiss(CoHost) with { Actor = actor }),
            new("hand over", [Right.HandOver], actor => HandOver(Speaker) with { Actor = actor }),
            new("name heirs", [Right.SetHeirs], actor => Heirs(Speaker) with { Actor = actor }),
            new("take down a post", [Right.TakeDownPost], actor => new RoomCommand.TakeDownPost(actor, 1, Now)),
            new("change the title", [Right.EditRoom], actor => new RoomCommand.Edit(actor, Now) { Title = "Other" }),
            new(
                "move the start",
                [Right.MoveStart],
                actor => new RoomCommand.Edit(actor, Now) { StartsAt = Now.AddDays(2) }
            )
            {
                InScheduledRoom = true,
            },
            new(
                "change the speak policy",
                [Right.ChangeSpeakPolicy],
                actor => Change(new RoomPolicyChange { Speak = SpeakPolicy.Everyone }) with { Actor = actor }
            ),
            new(
                "change the visibility",
                [Right.ChangeHostPolicy],
                actor => Change(new RoomPolicyChange { Visibility = RoomVisibility.Unlisted }) with { Actor = actor }
            ),
            new("start", [Right.StartRoom], actor => new RoomCommand.Start(actor, Now)) { InScheduledRoom = true },
            new("cancel", [Right.EndRoom], actor => new RoomCommand.End(actor, Now)) { InScheduledRoom = true },
            new("end", [Right.EndRoom], actor => new RoomCommand.End(actor, Now)),
        ];

    private static Room People(Room room)
    {
        var policy = RoomPolicy.Default with { SpeakersMax = 20, CoHostsMax = 3 };
        return room.Apply([
            new RoomEvent.PolicyChanged(policy, Now),
            new RoomEvent.CoHostsChanged([Bob.Identity, CoHost.Identity], Now),
            new RoomEvent.SuppressionChanged(Sid.Identity, Sid.Name, true, Now),
            new RoomEvent.SuppressionChanged(Quiet.Identity, Quiet.Name, true, Now),
            OnStage(Ada, Role.Host),
            OnStage(Bob, Role.CoHost),
            OnStage(CoHost, Role.CoHost),
            OnStage(Sue, Role.Speaker),
            OnStage(Speaker, Role.Speaker),
            OnStage(Mute, Role.Speaker),
            Changed(new StageMember(Sid with { Muted = true }, Role.Speaker, false, true, Suppressed: true)),
            Changed(new StageMember(Quiet with { Muted = true }, Role.Speaker, false, true, Suppressed: true)),
            Changed(new StageMember(Rae, Role.Listener, true, true)),
            Changed(new StageMember(Hand, Role.Listener, true, true)),
            Changed(new StageMember(Ivy, Role.Listener, false, true, Invited: true)),
            Changed(new StageMember(Guest, Role.Listener, false, true, Invited: true)),
            new RoomEvent.PostShared(new Post(1, "https://example.org", "Zoe", "Hi.", new("x"), "X", Now), Now),
            new RoomEvent.Banned(Banned, "Nobody", Ada.Identity, Now),
        ]);
    }

    private static RoomEvent.StageChanged OnStage(Person person, Role role) =>
        Changed(new StageMember(person, role, HandRaised: false, Connected: true));

    private static RoomEvent.StageChanged Changed(StageMember member) => new(member, null, Now);
}
