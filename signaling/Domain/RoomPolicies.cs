using static Spaces.Signaling.Domain.RefusalCode;

namespace Spaces.Signaling.Domain;

/// <summary>Changing the rules of a room while people are in it.</summary>
internal static class RoomPolicies
{
    public static RoomDecision Change(Room room, RoomCommand.ChangePolicy change)
    {
        var (before, after) = (room.Policy, change.Change.ApplyTo(room.Policy));
        var changesHostsPart = HostsPart(before) != HostsPart(after);
        var changesSpeakPart = SpeakPart(before) != SpeakPart(after) || !changesHostsPart;
        var denied =
            (changesHostsPart ? Permissions.Refusal(room, Right.ChangeHostPolicy, change.Actor) : null)
            ?? (changesSpeakPart ? Permissions.Refusal(room, Right.ChangeSpeakPolicy, change.Actor) : null);
        if (denied is not null)
        {
            return RoomDecision.Refuse(denied);
        }

        if (after == before)
        {
            return RoomDecision.Nothing;
        }

        if (after.Problem() is { } problem)
        {
            return RoomDecision.Refuse(InvalidArgument, problem);
        }

        return Conflict(room, after) is { } conflict
            ? RoomDecision.Refuse(FailedPrecondition, conflict)
            : Changed(room, after, change.At);
    }

    /// <summary>Those who are in keep their places: a limit never sinks below what is taken.</summary>
    private static string? Conflict(Room room, RoomPolicy after)
    {
        if (after.SpeakersMax < Math.Min(room.SeatsTaken, room.Policy.SpeakersMax))
        {
            return $"{room.SeatsTaken} people may speak. Move some of them to the audience first.";
        }

        if (after.CoHostsMax < room.CoHosts.Count)
        {
            return $"There are {room.CoHosts.Count} co-hosts. Dismiss some of them first.";
        }

        if (after.PeopleMax > 0 && room.Policy.PeopleMax == 0 && room.State == RoomState.Live)
        {
            return "The people of a live room without a limit are not counted one by one. Set the limit beforehand.";
        }

        var people = room.Stage.Count + (room.Stage.Find(room.Host) is null ? 1 : 0);
        return after.PeopleMax > 0 && after.PeopleMax < people
            ? $"There are {people} places taken in the room. Wait until somebody has left."
            : null;
    }

    /// <summary>Turns that run are lifted with the rule; a new length holds from the next turn on.</summary>
    private static RoomDecision Changed(Room room, RoomPolicy after, DateTimeOffset at)
    {
        var draft = new RoomDraft(room).Add(new RoomEvent.PolicyChanged(after, at));
        foreach (var member in room.Stage)
        {
            if (member.Turn is not null && after.TurnSeconds == 0)
            {
                draft.Add(new RoomEvent.StageChanged(member with { Turn = null }, Decision: null, at));
            }
            else if (member.Role == Role.Listener && !RoomPlaces.IsListed(draft.Room, member))
            {
                draft.Add(RoomPlaces.Listening(draft.Room, member, StageLeaveReason.MovedToAudience, null, at));
            }
        }

        return draft.Decision;
    }

    /// <summary>What only the host changes: the rest is made equal.</summary>
    private static RoomPolicy HostsPart(RoomPolicy policy) =>
        policy with
        {
            Speak = RoomPolicy.Default.Speak,
            RequestsOpen = RoomPolicy.Default.RequestsOpen,
            TurnSeconds = RoomPolicy.Default.TurnSeconds,
            ReactionsOpen = RoomPolicy.Default.ReactionsOpen,
        };

    /// <summary>What co-hosts change, too.</summary>
    private static (SpeakPolicy Speak, bool RequestsOpen, int TurnSeconds, bool ReactionsOpen) SpeakPart(
        RoomPolicy policy
    ) => (policy.Speak, policy.RequestsOpen, policy.TurnSeconds, policy.ReactionsOpen);
}
