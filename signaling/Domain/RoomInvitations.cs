namespace Spaces.Signaling.Domain;

/// <summary>Asking somebody in the room onto its stage, and their answer.</summary>
internal static class RoomInvitations
{
    public static RoomDecision Invite(Room room, RoomCommand.InviteToSpeak invite)
    {
        var target = invite.Target;
        if (
            (
                Permissions.Refusal(room, Right.InviteToSpeak, invite.Actor)
                ?? RoomSpeakers.TargetRefusal(room, target)
                ?? RoomPlaces.Clash(room, target)
            ) is
            { } refusal
        )
        {
            return RoomDecision.Refuse(refusal);
        }

        switch (room.OnStage(target.Id))
        {
            case { MaySpeak: true }:
            case null when room.RoleOf(target.Identity, tokenMaySpeak: false) is Role.Host or Role.CoHost:
                return RoomDecision.Refuse(RefusalCode.FailedPrecondition, "They may speak already.");
            case { Invited: true }:
                return RoomDecision.Nothing;
            case { HandRaised: true } waiting:
                return RoomSpeakers.GiveTheWord(room, waiting, invite.At);
            case null when (RoomPlaces.PeopleRefusal(room, target) ?? RoomPlaces.ListenersRefusal(room)) is { } full:
                return RoomDecision.Refuse(full);
            default:
                var invited = RoomPlaces.Entry(room, target) with { Invited = true };
                return RoomDecision.Accept(new RoomEvent.StageChanged(invited, Decision: null, invite.At));
        }
    }

    public static RoomDecision Withdraw(Room room, RoomCommand.WithdrawInvitation withdraw)
    {
        if (Permissions.Refusal(room, Right.InviteToSpeak, withdraw.Actor) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        return room.OnStage(withdraw.Target) is { Invited: true } member
            ? RoomDecision.Accept(Uninvited(room, member, StageLeaveReason.InvitationWithdrawn, withdraw.At))
            : RoomDecision.Nothing;
    }

    /// <summary>Where no place is free, an invitation stays open until one is.</summary>
    public static RoomDecision Answer(Room room, RoomCommand.AnswerInvitation answer)
    {
        if (Permissions.Refusal(room, Right.AnswerInvitation, answer.Person) is { } refusal)
        {
            return RoomDecision.Refuse(refusal);
        }

        var member = room.OnStage(answer.Person.Id)!;
        return answer.Accepted
            ? RoomSpeakers.GiveTheWord(room, member, answer.At)
            : RoomDecision.Accept(Uninvited(room, member, StageLeaveReason.InvitationDeclined, answer.At));
    }

    private static RoomEvent Uninvited(Room room, StageMember member, StageLeaveReason reason, DateTimeOffset at) =>
        RoomPlaces.Listening(room, member with { Invited = false }, reason, decision: null, at);
}
