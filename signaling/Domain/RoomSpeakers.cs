namespace Spaces.Signaling.Domain;

/// <summary>The word: who gets it, from whom it is taken, and when a turn is over.</summary>
internal static class RoomSpeakers
{
    public static RoomDecision ChangeRole(Room room, RoomCommand.ChangeRole change)
    {
        var target = change.Target;
        if (
            (Refusal(room, change.Actor, target.Identity, change.Role) ?? RoomPlaces.Clash(room, target)) is { } refusal
        )
        {
            return RoomDecision.Refuse(refusal);
        }

        var member = room.OnStage(target.Id);
        if (room.CoHosts.Contains(target.Identity))
        {
            return RoomHosts.Dismiss(room, target.Identity, change.Role, change.At);
        }

        if ((member?.Role ?? Role.Listener) == change.Role)
        {
            return RoomDecision.Nothing;
        }

        if (change.Role == Role.Listener)
        {
            return TakeTheWord(room, member!, change.At);
        }

        return (TargetRefusal(room, target) ?? RoomPlaces.PeopleRefusal(room, target)) is { } unfit
            ? RoomDecision.Refuse(unfit)
            : GiveTheWord(room, RoomPlaces.Entry(room, target), change.At);
    }

    public static RoomDecision DecideRole(Room room, RoomCommand.DecideRole decide)
    {
        var target = decide.Target;
        if (room.Stage.Find(target) is { } present)
        {
            return ChangeRole(room, new RoomCommand.ChangeRole(decide.Actor, present.Person, decide.Role, decide.At));
        }

        if (target.Problem("identity") is { } problem)
        {
            return RoomDecision.Refuse(RefusalCode.InvalidArgument, problem);
        }

        if ((Refusal(room, decide.Actor, target, decide.Role) ?? BanRefusal(room, target)) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        if (room.CoHosts.Contains(target))
        {
            return RoomHosts.Dismiss(room, target, decide.Role, decide.At);
        }

        var decided = decide.Role == Role.Speaker ? SpeakRight.Given : SpeakRight.Taken;
        if (room.Decisions.TryGetValue(target, out var before) && before == decided)
        {
            return RoomDecision.Nothing;
        }

        return RoomPlaces.DecisionRefusal(room, target) is { } full
            ? RoomDecision.Refuse(full)
            : RoomDecision.Accept(new RoomEvent.Decided(new RoleDecision(target, decide.Role), decide.At));
    }

    /// <summary>A timer that comes late, for a turn that is no more, changes nothing.</summary>
    public static RoomDecision TurnOver(Room room, RoomCommand.TurnOver over)
    {
        if (room.OnStage(over.Participant) is not { Turn: { } turn } member || turn.Number != over.Turn)
        {
            return RoomDecision.Nothing;
        }

        var spent = new RoleDecision(member.Person.Identity, Role.Listener, TurnOver: true);
        return RoomDecision.Accept(
            RoomPlaces.Listening(
                room,
                member.AsListener(),
                StageLeaveReason.TurnOver,
                RoomPlaces.IfRemembered(room, spent),
                over.At
            )
        );
    }

    /// <summary>A host's own act: it is remembered, and lifts what kept the account silent.</summary>
    public static RoomDecision GiveTheWord(Room room, StageMember member, DateTimeOffset at)
    {
        var identity = member.Person.Identity;
        if ((RoomPlaces.SeatRefusal(room, member) ?? RoomPlaces.DecisionRefusal(room, identity)) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        var draft = new RoomDraft(room).Add(RoomMuting.Lifted(room, identity, at));
        var speaker = member.AsSuppressed(false).AsSpeaker(draft.Room);
        return draft.Add(new RoomEvent.StageChanged(speaker, new RoleDecision(identity, Role.Speaker), at)).Decision;
    }

    /// <summary>Why somebody cannot be asked onto the stage at all.</summary>
    public static RoomRefusal? TargetRefusal(Room room, Person target) =>
        target.Anonymous
            ? new RoomRefusal(
                RefusalCode.FailedPrecondition,
                "They have no account and can only listen. Ask them to sign in."
            )
            : BanRefusal(room, target.Identity);

    public static RoomRefusal? BanRefusal(Room room, Identity target) =>
        room.Bans.ContainsKey(target)
            ? new RoomRefusal(RefusalCode.FailedPrecondition, "They are banned from this room. Lift the ban first.")
            : null;

    private static RoomDecision TakeTheWord(Room room, StageMember member, DateTimeOffset at)
    {
        var identity = member.Person.Identity;
        return RoomPlaces.DecisionRefusal(room, identity) is { } full
            ? RoomDecision.Refuse(full)
            : RoomDecision.Accept(
                RoomPlaces.Listening(
                    room,
                    member.AsListener(),
                    StageLeaveReason.MovedToAudience,
                    new RoleDecision(identity, Role.Listener),
                    at
                )
            );
    }

    private static RoomRefusal? Refusal(Room room, Actor actor, Identity target, Role role)
    {
        var right = role == Role.Listener ? Right.TakeTheWord : Right.GiveTheWord;
        if (Permissions.Refusal(room, right, actor, target) is { } refusal)
        {
            return refusal;
        }

        if (role is not (Role.Speaker or Role.Listener))
        {
            return new RoomRefusal(RefusalCode.InvalidArgument, "role must be ROLE_SPEAKER or ROLE_LISTENER.");
        }

        return target == room.Host
            ? new RoomRefusal(RefusalCode.FailedPrecondition, "The host may always speak. Hand the room over first.")
            : null;
    }
}
