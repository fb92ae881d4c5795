namespace Spaces.Signaling.Domain;

/// <summary>Microphones: everybody mutes themselves, a host mutes others, and nobody unmutes anybody else.</summary>
internal static class RoomMuting
{
    public static RoomDecision Mute(Room room, RoomCommand.Mute mute)
    {
        var member = room.OnStage(mute.Person.Id);
        var refusal =
            mute.Muted ? Permissions.Refusal(room, Right.MuteSelf, mute.Person)
            : member is { Suppressed: true } ? Permissions.Refusal(Right.UnmuteSelf, Standing.SuppressedSpeaker)
            : Permissions.Refusal(room, Right.UnmuteSelf, mute.Person);
        if (refusal is not null)
        {
            return RoomDecision.Refuse(refusal);
        }

        return member is not null && member.Person.Muted != mute.Muted
            ? RoomDecision.Accept(WithMuted(member, mute.Muted, mute.At))
            : RoomDecision.Nothing;
    }

    public static RoomDecision MuteOther(Room room, RoomCommand.MuteOther mute)
    {
        if (Target(room, Right.MuteOthers, mute.Actor, mute.Target, out var member) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return member.Person.Muted
            ? RoomDecision.Nothing
            : RoomDecision.Accept(WithMuted(member, muted: true, mute.At));
    }

    public static RoomDecision MuteAll(Room room, RoomCommand.MuteAll mute)
    {
        if (Permissions.Refusal(room, Right.MuteOthers, mute.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        var audible = room.Stage.Where(member => member is { Role: Role.Speaker, Person.Muted: false });
        return new RoomDecision([.. audible.Select(member => WithMuted(member, muted: true, mute.At))], null);
    }

    public static RoomDecision AskToUnmute(Room room, RoomCommand.AskToUnmute ask)
    {
        if (Permissions.Refusal(room, Right.AskToUnmute, ask.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return room.OnStage(ask.Target) switch
        {
            not { MaySpeak: true } => RoomDecision.Refuse(NotSpeaking),
            { Suppressed: true } => RoomDecision.Refuse(
                RefusalCode.FailedPrecondition,
                "They cannot unmute: a host muted them. Lift that first."
            ),
            { Person.Muted: false } => RoomDecision.Nothing,
            _ => RoomDecision.Accept(new RoomEvent.AskedToUnmute(ask.Target, ask.Actor.Identity, ask.At)),
        };
    }

    public static RoomDecision Suppress(Room room, RoomCommand.Suppress suppress)
    {
        var target = suppress.Target;
        if (Permissions.Refusal(room, Right.Suppress, suppress.Actor, target) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        if (room.Suppressed.ContainsKey(target) == suppress.Suppressed)
        {
            return RoomDecision.Nothing;
        }

        var member = room.Stage.Find(target);
        if (suppress.Suppressed)
        {
            if (member is not { Role: Role.Speaker })
            {
                return RoomDecision.Refuse(
                    RefusalCode.FailedPrecondition,
                    "Only a speaker can be kept muted. Dismiss a co-host first; a listener is not heard anyway."
                );
            }

            if (room.Suppressed.Count >= Room.DecisionsMax)
            {
                return RoomDecision.Refuse(
                    RefusalCode.ResourceExhausted,
                    $"{Room.DecisionsMax} people are kept muted in this room. Move them to the audience instead."
                );
            }
        }

        var name = member?.Person.Name ?? room.Suppressed[target];
        var changed = new RoomEvent.SuppressionChanged(target, name, suppress.Suppressed, suppress.At);
        var entry = member is null
            ? null
            : new RoomEvent.StageChanged(member.AsSuppressed(suppress.Suppressed), Decision: null, suppress.At);
        return new RoomDraft(room).Add(changed).Add(entry).Decision;
    }

    /// <summary>Frees an account of being kept muted, before its stage entry says so; null if it is not.</summary>
    public static RoomEvent? Lifted(Room room, Identity identity, DateTimeOffset at) =>
        room.Suppressed.TryGetValue(identity, out var name)
            ? new RoomEvent.SuppressionChanged(identity, name, Suppressed: false, at)
            : null;

    private static RoomRefusal NotSpeaking { get; } =
        new(RefusalCode.NotFound, "There is nobody with that participant_id who may speak. Look at the stage again.");

    private static RoomRefusal? Target(
        Room room,
        Right right,
        Actor actor,
        ParticipantId target,
        out StageMember member
    )
    {
        member = room.OnStage(target)!;
        return member is not { MaySpeak: true }
            ? Permissions.Refusal(room, right, actor) ?? NotSpeaking
            : Permissions.Refusal(room, right, actor, member.Person.Identity);
    }

    private static RoomEvent.StageChanged WithMuted(StageMember member, bool muted, DateTimeOffset at) =>
        new(member with { Person = member.Person with { Muted = muted } }, Decision: null, at);
}
