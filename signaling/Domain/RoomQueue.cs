namespace Spaces.Signaling.Domain;

/// <summary>Asking for the word: hands, their order, and the rooms where asking is enough.</summary>
internal static class RoomQueue
{
    public static RoomDecision RaiseHand(Room room, RoomCommand.RaiseHand raise)
    {
        var person = raise.Person;
        var member = room.OnStage(person.Id);
        var right = raise.Raised ? Right.RaiseHand : Right.LowerOwnHand;
        if (Permissions.Refusal(room, right, person) is { } denied)
        {
            return RoomDecision.Refuse(denied);
        }

        if (!raise.Raised)
        {
            return member is { HandRaised: true }
                ? RoomDecision.Accept(Lowered(room, member, raise.At))
                : RoomDecision.Nothing;
        }

        if (member is { HandRaised: true })
        {
            return RoomDecision.Nothing;
        }

        if (Refusal(room, person, member) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        var entry = RoomPlaces.Entry(room, person);
        if (IsEnough(room, entry, raise.FollowedByHost) && RoomPlaces.HasSeat(room, member))
        {
            return entry.Invited
                ? RoomSpeakers.GiveTheWord(room, entry, raise.At)
                : RoomDecision.Accept(new RoomEvent.StageChanged(entry.AsSpeaker(room), Decision: null, raise.At));
        }

        var waiting = entry with { HandRaised = true, HandNumber = room.Version + 1 };
        return RoomDecision.Accept(new RoomEvent.StageChanged(waiting, Decision: null, raise.At));
    }

    public static RoomDecision LowerHand(Room room, RoomCommand.LowerHand lower)
    {
        if (Permissions.Refusal(room, Right.LowerHands, lower.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return room.OnStage(lower.Target) is { HandRaised: true } member
            ? RoomDecision.Accept(Lowered(room, member, lower.At))
            : RoomDecision.Nothing;
    }

    public static RoomDecision LowerAllHands(Room room, RoomCommand.LowerAllHands lower)
    {
        if (Permissions.Refusal(room, Right.LowerHands, lower.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return new RoomDecision([.. room.Stage.Hands.Select(member => Lowered(room, member, lower.At))], null);
    }

    /// <summary>Where asking is enough, a free place goes to the first hand of somebody who is there.</summary>
    /// <remarks>Whom a host took the word from waits for a host.</remarks>
    public static RoomDecision FillSeats(Room before, RoomCommand command, RoomDecision decision)
    {
        var mayMatter = before.Policy.Speak == SpeakPolicy.Everyone || command is RoomCommand.ChangePolicy;
        if (!mayMatter || before.Stage.HandCount == 0 || decision.Events.IsEmpty)
        {
            return decision;
        }

        var room = before.Apply(decision.Events);
        var free = room.Policy.SpeakersMax - room.SeatsTaken;
        if (free <= 0 || room.State != RoomState.Live || room.Policy.Speak != SpeakPolicy.Everyone)
        {
            return decision;
        }

        var next = room.Stage.Hands.Where(member => member.Connected && !IsTaken(room, member)).Take(free).ToArray();
        var draft = new RoomDraft(room);
        foreach (var member in next)
        {
            draft.Add(new RoomEvent.StageChanged(member.AsSpeaker(draft.Room), Decision: null, command.At));
        }

        return decision with
        {
            Events = decision.Events.AddRange(draft.Decision.Events),
        };
    }

    private static RoomEvent Lowered(Room room, StageMember member, DateTimeOffset at) =>
        RoomPlaces.Listening(
            room,
            member with
            {
                HandRaised = false,
                HandNumber = 0,
            },
            StageLeaveReason.HandLowered,
            decision: null,
            at
        );

    private static bool IsEnough(Room room, StageMember entry, bool followedByHost) =>
        entry.Invited
        || !IsTaken(room, entry)
            && (
                room.Policy.Speak == SpeakPolicy.Everyone
                || room.Policy.Speak == SpeakPolicy.FollowedByHost && followedByHost
            );

    private static bool IsTaken(Room room, StageMember member) =>
        room.Decisions.TryGetValue(member.Person.Identity, out var right) && right == SpeakRight.Taken;

    private static RoomRefusal? Refusal(Room room, Person person, StageMember? member)
    {
        if (room.State == RoomState.Scheduled)
        {
            return Not("The room has not started. Raise your hand when it has.");
        }

        if (person.Anonymous)
        {
            return Not("Without an account one can only listen. Sign in to ask for the word.");
        }

        if (!room.Policy.RequestsOpen && member is not { Invited: true })
        {
            return Not("The host takes no requests to speak at the moment. Try again later.");
        }

        return RoomBans.Refusal(room, person.Identity)
            ?? RoomPlaces.Clash(room, person)
            ?? RoomPlaces.PeopleRefusal(room, person)
            ?? (member is null ? RoomPlaces.ListenersRefusal(room) : null);
    }

    private static RoomRefusal Not(string message) => new(RefusalCode.FailedPrecondition, message);
}
