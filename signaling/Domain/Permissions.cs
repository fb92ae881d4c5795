using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>How somebody stands in a room when they ask for something.</summary>
public enum Standing
{
    /// <summary>Not on stage, and not known to be in the room: asks with nothing but a token.</summary>
    Outsider,
    Listener,
    RaisedHand,

    /// <summary>A listener who was invited to speak.</summary>
    Invited,
    Speaker,

    /// <summary>A speaker whom a host muted for good.</summary>
    SuppressedSpeaker,
    CoHost,
    Host,

    /// <summary>Holds a token with the grant <c>admin</c>, in the room or not.</summary>
    Administrator,

    /// <summary>Suspension, takedown, moderation: no person of the room.</summary>
    System,
}

/// <summary>What can be asked of a room.</summary>
public enum Right
{
    MuteSelf,
    UnmuteSelf,
    RaiseHand,
    LowerOwnHand,
    AnswerInvitation,
    GiveTheWord,
    TakeTheWord,
    InviteToSpeak,
    LowerHands,
    AskToUnmute,
    MuteOthers,
    Suppress,
    Remove,
    Ban,
    DecideOnCoHosts,
    DecideOnHost,
    AppointCoHosts,
    HandOver,
    SetHeirs,
    SharePost,
    TakeDownPost,
    EditRoom,
    MoveStart,
    ChangeSpeakPolicy,
    ChangeHostPolicy,
    StartRoom,
    EndRoom,
}

/// <summary>The permission table: who may do what. Every command asks it; there is no other place.</summary>
/// <remarks>
/// Deciding on somebody takes two rights: the one named, and <see cref="Right.DecideOnCoHosts"/> or
/// <see cref="Right.DecideOnHost"/> when that is whom it is about. Time itself (a turn, a grace, an empty room) needs
/// none.
/// </remarks>
public static class Permissions
{
    private static readonly ImmutableArray<Standing> Owners = [Standing.Host, Standing.Administrator, Standing.System];
    private static readonly ImmutableArray<Standing> Moderators = [Standing.CoHost, .. Owners];
    private static readonly ImmutableArray<Standing> Listeners =
    [
        Standing.Listener,
        Standing.RaisedHand,
        Standing.Invited,
    ];
    private static readonly ImmutableArray<Standing> Heard = [Standing.Speaker, Standing.CoHost, Standing.Host];

    /// <summary>Every right, who has it, and what the others are told.</summary>
    public static FrozenDictionary<Right, PermissionRow> Table { get; } =
        new Dictionary<Right, PermissionRow>
        {
            [Right.MuteSelf] = new(
                "mute oneself",
                [.. Listeners, .. Heard, Standing.SuppressedSpeaker],
                "Only people in the room can mute themselves. Join it first."
            ),
            [Right.UnmuteSelf] = new(
                "unmute oneself",
                [.. Listeners, .. Heard],
                "A host muted you. Ask them to let you unmute."
            ),
            [Right.RaiseHand] = new(
                "raise the hand",
                Listeners,
                "You may already speak; raising a hand is for listeners."
            ),
            [Right.LowerOwnHand] = new(
                "lower the own hand",
                [.. Listeners, .. Heard, Standing.SuppressedSpeaker],
                "Only people in the room have a hand to lower. Join it first."
            ),
            [Right.AnswerInvitation] = new(
                "accept or decline an invitation to speak",
                [Standing.Invited],
                "You are not invited to speak, or no longer. Raise your hand to ask."
            ),
            [Right.GiveTheWord] = new(
                "give the right to speak, accept a hand",
                Moderators,
                "Only the host and co-hosts decide who may speak. Raise your hand to ask."
            ),
            [Right.TakeTheWord] = new(
                "take the right to speak",
                Moderators,
                "Only the host and co-hosts decide who may speak."
            ),
            [Right.InviteToSpeak] = new(
                "invite to speak, withdraw an invitation",
                Moderators,
                "Only the host and co-hosts invite to speak."
            ),
            [Right.LowerHands] = new(
                "lower the hands of others",
                Moderators,
                "Only the host and co-hosts lower the hands of others."
            ),
            [Right.AskToUnmute] = new(
                "ask somebody to unmute",
                Moderators,
                "Only the host and co-hosts ask people to unmute."
            ),
            [Right.MuteOthers] = new(
                "mute one, mute all",
                Moderators,
                "Only the host and co-hosts mute others. You can mute yourself."
            ),
            [Right.Suppress] = new(
                "mute so that only a host can lift it, lift it",
                Moderators,
                "Only the host and co-hosts decide who may unmute."
            ),
            [Right.Remove] = new("remove", Moderators, "Only the host and co-hosts remove people. You can leave."),
            [Right.Ban] = new("ban, lift a ban", Moderators, "Only the host and co-hosts ban people."),
            [Right.DecideOnCoHosts] = new(
                "do any of this to a co-host",
                Owners,
                "Co-hosts do not decide on one another. Ask the host."
            ),
            [Right.DecideOnHost] = new(
                "do any of this to the host",
                [Standing.System],
                "Nobody decides on the host. The host can hand the room over."
            ),
            [Right.AppointCoHosts] = new(
                "appoint and dismiss co-hosts",
                Owners,
                "Only the host appoints and dismisses co-hosts."
            ),
            [Right.HandOver] = new("hand the room over", Owners, "Only the host hands the room over."),
            [Right.SetHeirs] = new("name heirs", Owners, "Only the host names who takes over."),
            [Right.SharePost] = new(
                "share a post",
                Heard,
                "Only people who may speak share posts. Raise your hand to ask."
            ),
            [Right.TakeDownPost] = new(
                "take down a post of others",
                Moderators,
                "Only the host, co-hosts and whoever shared it take a post down."
            ),
            [Right.EditRoom] = new(
                "change title, description, topics",
                Moderators,
                "Only the host and co-hosts change the title, the description and the topics."
            ),
            [Right.MoveStart] = new("move the start", Owners, "Only the host moves the start."),
            [Right.ChangeSpeakPolicy] = new(
                "change who gets the word, requests, turns, reactions",
                Moderators,
                "Only the host and co-hosts change the rules of speaking."
            ),
            [Right.ChangeHostPolicy] = new(
                "change visibility, limits, anonymous listening, what happens without a host",
                Owners,
                "Only the host changes who may enter, the limits, and what happens when the host has gone."
            ),
            [Right.StartRoom] = new(
                "start a scheduled room",
                Moderators,
                "Only the host and co-hosts start the room. It will open to you when they do."
            ),
            [Right.EndRoom] = new("end or cancel the room", Owners, "Only the host ends the room. You can leave."),
        }.ToFrozenDictionary();

    /// <returns>Null when somebody of this standing has the right.</returns>
    public static RoomRefusal? Refusal(Right right, Standing standing)
    {
        var row = Table[right];
        return row.Allowed.Contains(standing) ? null : new RoomRefusal(RefusalCode.PermissionDenied, row.Refusal);
    }

    /// <summary>As <see cref="Refusal(Right, Standing)"/>; an administrator's token adds to how they stand.</summary>
    public static RoomRefusal? Refusal(Room room, Right right, Actor actor) =>
        actor.IsAdministrator && Refusal(right, Standing.Administrator) is null
            ? null
            : Refusal(right, StandingOf(room, actor));

    /// <summary>Somebody in the room, on what is theirs.</summary>
    internal static RoomRefusal? Refusal(Room room, Right right, Person self) =>
        Refusal(
            right,
            self.Identity == room.Host ? Standing.Host
                : room.CoHosts.Contains(self.Identity) ? Standing.CoHost
                : StandingOf(room.OnStage(self.Id))
        );

    /// <summary>Whether <paramref name="actor"/> may do to an account what <paramref name="right"/> names.</summary>
    internal static RoomRefusal? Refusal(Room room, Right right, Actor actor, Identity target)
    {
        if (Refusal(room, right, actor) is { } refusal)
        {
            return refusal;
        }

        if (target == room.Host)
        {
            return Refusal(room, Right.DecideOnHost, actor);
        }

        return room.CoHosts.Contains(target) ? Refusal(room, Right.DecideOnCoHosts, actor) : null;
    }

    /// <summary>Somebody who is in the room.</summary>
    private static Standing StandingOf(StageMember? member) =>
        member switch
        {
            null => Standing.Listener,
            { Role: Role.Host } => Standing.Host,
            { Role: Role.CoHost } => Standing.CoHost,
            { Role: Role.Speaker, Suppressed: true } => Standing.SuppressedSpeaker,
            { Role: Role.Speaker } => Standing.Speaker,
            { Invited: true } => Standing.Invited,
            { HandRaised: true } => Standing.RaisedHand,
            _ => Standing.Listener,
        };

    private static Standing StandingOf(Room room, Actor actor) =>
        actor.IsSystem ? Standing.System
        : actor.Identity == room.Host ? Standing.Host
        : room.CoHosts.Contains(actor.Identity) ? Standing.CoHost
        : room.Stage.Find(actor.Identity) is { } member ? StandingOf(member)
        : Standing.Outsider;
}

/// <summary>One row of <see cref="Permissions.Table"/>.</summary>
/// <param name="Act">What one may do, in the words of the documentation.</param>
/// <param name="Allowed">Who may.</param>
/// <param name="Refusal">What everybody else is told.</param>
public sealed record PermissionRow(string Act, ImmutableArray<Standing> Allowed, string Refusal);
