namespace Spaces.Signaling.Domain;

/// <summary>Sending people out, and keeping accounts out.</summary>
internal static class RoomBans
{
    /// <summary>What somebody is told who is banned; null for anybody else.</summary>
    public static RoomRefusal? Refusal(Room room, Identity identity) =>
        room.Bans.ContainsKey(identity)
            ? new RoomRefusal(
                RefusalCode.PermissionDenied,
                "You have been banned from this room. Ask its host if you think this is a mistake."
            )
            : null;

    public static RoomDecision Remove(Room room, RoomCommand.Remove remove)
    {
        var (actor, target, at) = (remove.Actor, remove.Target, remove.At);
        if (
            (
                Permissions.Refusal(room, Right.Remove, actor, target.Identity)
                ?? RoomPlaces.DecisionRefusal(room, target.Identity)
            ) is
            { } refusal
        )
        {
            return RoomDecision.Refuse(refusal);
        }

        if (room.Bans.ContainsKey(target.Identity))
        {
            return RoomDecision.Nothing; // More was done already.
        }

        var draft = SentOut(room, target.Identity, StageLeaveReason.Removed, at)
            .Add(new RoomEvent.Removed(target.Id, target.Identity, actor.Identity, at));
        return HostGone(draft, target.Identity, at).Decision;
    }

    public static RoomDecision Ban(Room room, RoomCommand.Ban ban)
    {
        var (actor, target, at) = (ban.Actor, ban.Target, ban.At);
        if (Permissions.Refusal(room, Right.Ban, actor, target) is { } denied)
        {
            return RoomDecision.Refuse(denied);
        }

        if (target.Problem("identity") is { } problem)
        {
            return RoomDecision.Refuse(RefusalCode.InvalidArgument, problem);
        }

        if (room.Bans.ContainsKey(target))
        {
            return RoomDecision.Nothing;
        }

        if (room.Bans.Count >= Room.DecisionsMax)
        {
            return RoomDecision.Refuse(
                RefusalCode.ResourceExhausted,
                $"{Room.DecisionsMax} accounts are banned from this room. Lift a ban first."
            );
        }

        // A name that cannot be shown is left out: it must not keep anybody from being banned.
        var name = RoomText.Problem("name", ban.Name, RoomText.NameLengthMax) is null ? ban.Name : "";
        var draft = SentOut(room, target, StageLeaveReason.Banned, at)
            .Add(new RoomEvent.Banned(target, name, actor.Identity, at));
        return HostGone(draft, target, at).Decision;
    }

    /// <summary>The account may enter again, like anybody.</summary>
    public static RoomDecision Unban(Room room, RoomCommand.Unban unban)
    {
        if (Permissions.Refusal(room, Right.Ban, unban.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return room.Bans.ContainsKey(unban.Target)
            ? RoomDecision.Accept(new RoomEvent.Unbanned(unban.Target, unban.At))
            : RoomDecision.Nothing;
    }

    private static RoomDraft SentOut(Room room, Identity identity, StageLeaveReason reason, DateTimeOffset at)
    {
        var draft = new RoomDraft(room).Add(RoomHosts.WithoutCoHost(room, identity, at));
        return room.Stage.Find(identity) is { } member
            ? draft.Add(new RoomEvent.StageLeft(member.Person.Id, Decision: null, at) { Reason = reason })
            : draft;
    }

    /// <summary>A host who was sent out is gone without a grace.</summary>
    private static RoomDraft HostGone(RoomDraft draft, Identity target, DateTimeOffset at) =>
        target != draft.Room.Host ? draft
        : draft.Room.State == RoomState.Live ? draft.Add(new RoomEvent.HostLeft(GraceSeconds: 0, at))
        : draft.Room.Bans.ContainsKey(target) ? draft.Add(new RoomEvent.Ended(RoomEndReason.Suspended, at))
        : draft;
}
