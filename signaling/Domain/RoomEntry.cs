using System.Globalization;

namespace Spaces.Signaling.Domain;

/// <summary>Coming in, dropping out, going.</summary>
internal static class RoomEntry
{
    public static RoomDecision Enter(Room room, RoomCommand.Enter enter)
    {
        var person = enter.Person;
        if (
            (DoorRefusal(room, enter) ?? RoomPlaces.Clash(room, person) ?? RoomPlaces.PeopleRefusal(room, person)) is
            { } refusal
        )
        {
            return RoomDecision.Refuse(refusal);
        }

        var present = room.OnStage(person.Id);
        var role = RoleOf(room, enter, present);
        if (role == Role.Listener && enter.MustSpeak)
        {
            return RoomDecision.Refuse(NoSpeaker(room, enter, present));
        }

        var member = Member(room, person, role);
        if (role == Role.Listener && !RoomPlaces.IsListed(room, member))
        {
            return present is null
                ? RoomDecision.Nothing
                : RoomDecision.Accept(
                    new RoomEvent.StageLeft(person.Id, Decision: null, enter.At)
                    {
                        Reason = StageLeaveReason.MovedToAudience,
                    }
                );
        }

        var hostIsBack = role == Role.Host && (room.HostAbsence is not null || room.ListenOnly);
        return new RoomDraft(room)
            .Add(member == present ? null : new RoomEvent.StageChanged(member, Decision: null, enter.At))
            .Add(hostIsBack ? new RoomEvent.HostReturned(enter.At) : null)
            .Decision;
    }

    public static RoomDecision Leave(Room room, RoomCommand.Leave leave)
    {
        if (room.OnStage(leave.Participant) is not { } member)
        {
            return RoomDecision.Nothing;
        }

        // Who goes in the middle of a turn does not come back to a new one.
        var spent = member.Turn is null
            ? null
            : RoomPlaces.IfRemembered(room, new RoleDecision(member.Person.Identity, Role.Listener, TurnOver: true));
        var hostHasGone = member.Role == Role.Host && room.State == RoomState.Live;
        return new RoomDraft(room)
            .Add(new RoomEvent.StageLeft(leave.Participant, spent, leave.At) { Reason = StageLeaveReason.Left })
            .Add(hostHasGone ? new RoomEvent.HostLeft(room.Policy.GraceSeconds, leave.At) : null)
            .Decision;
    }

    public static RoomDecision LoseConnection(Room room, RoomCommand.LoseConnection lose) =>
        room.OnStage(lose.Participant) is { Connected: true } member
            ? RoomDecision.Accept(new RoomEvent.StageChanged(member with { Connected = false }, null, lose.At))
            : RoomDecision.Nothing;

    private static RoomRefusal? DoorRefusal(Room room, RoomCommand.Enter enter)
    {
        var identity = enter.Person.Identity;
        if (RoomBans.Refusal(room, identity) is { } banned)
        {
            return banned;
        }

        if (enter.IsAdministrator || identity == room.Host || room.CoHosts.Contains(identity))
        {
            return null;
        }

        if (room.State == RoomState.Scheduled)
        {
            var startsAt = room.StartsAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            return new RoomRefusal(
                RefusalCode.FailedPrecondition,
                $"The room starts at {startsAt} UTC, when a host opens it. Come back then, or set a reminder."
            );
        }

        if (enter.Person.Anonymous && !room.Policy.AnonymousListening)
        {
            return Denied("This room takes nobody without an account. Sign in first.");
        }

        var isWelcome =
            room.Policy.Visibility != RoomVisibility.Followers
            || enter.FollowsHost
            || room.Decisions.TryGetValue(identity, out var right) && right == SpeakRight.Given
            || room.OnStage(enter.Person.Id) is not null;
        return isWelcome ? null : Denied($"This room is for people who follow {room.HostName}. Follow them first.");
    }

    private static RoomRefusal Denied(string message) => new(RefusalCode.PermissionDenied, message);

    private static Role RoleOf(Room room, RoomCommand.Enter enter, StageMember? present)
    {
        if (enter.Person.Anonymous)
        {
            return Role.Listener;
        }

        var identity = enter.Person.Identity;
        var role = room.RoleOf(identity, enter.TokenMaySpeak);
        if (role == Role.Listener && present is { Role: Role.Speaker } && !room.Decisions.ContainsKey(identity))
        {
            return Role.Speaker; // The room's own rule gave the word, and the stay goes on.
        }

        return role == Role.Speaker && !RoomPlaces.HasSeat(room, present) ? Role.Listener : role;
    }

    /// <summary>The entry they had, or a new one, with what they come in as now.</summary>
    private static StageMember Member(Room room, Person person, Role role)
    {
        var before = RoomPlaces.Entry(room, person);
        var member = (before with { Person = person, Connected = true }).AsSuppressed(before.Suppressed);
        return role switch
        {
            Role.Listener when member.MaySpeak => member.AsListener(),
            Role.Speaker when member.Role != Role.Speaker => member.AsSpeaker(room),
            Role.CoHost or Role.Host => member.AsHost(role),
            _ => member,
        };
    }

    private static RoomRefusal NoSpeaker(Room room, RoomCommand.Enter enter, StageMember? present) =>
        room.RoleOf(enter.Person.Identity, enter.TokenMaySpeak) == Role.Speaker
        && RoomPlaces.SeatRefusal(room, present) is { } full
            ? full
            : Denied("You may not speak in this room. Ask the host, or use a token with the grant speak.");
}
