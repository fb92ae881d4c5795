using static Spaces.Signaling.Domain.RefusalCode;

namespace Spaces.Signaling.Domain;

/// <summary>Which rule answers which command, and what holds for all of them.</summary>
internal static class RoomRules
{
    public static RoomDecision Decide(Room room, RoomCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return RoomQueue.FillSeats(room, command, DecideByState(room, command));
    }

    private static RoomDecision DecideByState(Room room, RoomCommand command) =>
        (room.State, command) switch
        {
            (RoomState.Unopened, RoomCommand.Open open) => RoomLife.Open(open),
            (RoomState.Unopened, RoomCommand.Schedule schedule) => RoomLife.Schedule(schedule),
            (_, RoomCommand.Open or RoomCommand.Schedule) => RoomDecision.Refuse(
                FailedPrecondition,
                "The room is already open. Take another id for a new one."
            ),
            (RoomState.Unopened, _) => RoomDecision.Refuse(NotFound, "There is no such room. Check the link."),
            (
                RoomState.Ended,
                RoomCommand.End
                    or RoomCommand.Expire
                    or RoomCommand.Leave
                    or RoomCommand.LoseConnection
                    or RoomCommand.TurnOver
                    or RoomCommand.HostGraceOver
            ) => RoomDecision.Nothing,
            (RoomState.Ended, _) => RoomDecision.Refuse(
                FailedPrecondition,
                "The room has ended. It can still be read; open a new one to talk."
            ),
            _ => DecideByCommand(room, command),
        };

    private static RoomDecision DecideByCommand(Room room, RoomCommand command) =>
        command switch
        {
            RoomCommand.Enter enter => RoomEntry.Enter(room, enter),
            RoomCommand.Leave leave => RoomEntry.Leave(room, leave),
            RoomCommand.LoseConnection lose => RoomEntry.LoseConnection(room, lose),
            RoomCommand.Mute mute => RoomMuting.Mute(room, mute),
            RoomCommand.MuteOther mute => RoomMuting.MuteOther(room, mute),
            RoomCommand.MuteAll mute => RoomMuting.MuteAll(room, mute),
            RoomCommand.AskToUnmute ask => RoomMuting.AskToUnmute(room, ask),
            RoomCommand.Suppress suppress => RoomMuting.Suppress(room, suppress),
            RoomCommand.RaiseHand raise => RoomQueue.RaiseHand(room, raise),
            RoomCommand.LowerHand lower => RoomQueue.LowerHand(room, lower),
            RoomCommand.LowerAllHands lower => RoomQueue.LowerAllHands(room, lower),
            RoomCommand.InviteToSpeak invite => RoomInvitations.Invite(room, invite),
            RoomCommand.WithdrawInvitation withdraw => RoomInvitations.Withdraw(room, withdraw),
            RoomCommand.AnswerInvitation answer => RoomInvitations.Answer(room, answer),
            RoomCommand.ChangeRole change => RoomSpeakers.ChangeRole(room, change),
            RoomCommand.DecideRole decide => RoomSpeakers.DecideRole(room, decide),
            RoomCommand.TurnOver over => RoomSpeakers.TurnOver(room, over),
            RoomCommand.AppointCoHost appoint => RoomHosts.AppointCoHost(room, appoint),
            RoomCommand.DismissCoHost dismiss => RoomHosts.DismissCoHost(room, dismiss),
            RoomCommand.HandOver handOver => RoomHosts.HandOver(room, handOver),
            RoomCommand.SetHeirs set => RoomHosts.SetHeirs(room, set),
            RoomCommand.HostGraceOver over => RoomHosts.GraceOver(room, over),
            RoomCommand.Remove remove => RoomBans.Remove(room, remove),
            RoomCommand.Ban ban => RoomBans.Ban(room, ban),
            RoomCommand.Unban unban => RoomBans.Unban(room, unban),
            RoomCommand.SharePost share => RoomPosts.Share(room, share),
            RoomCommand.TakeDownPost takeDown => RoomPosts.TakeDown(room, takeDown),
            RoomCommand.Edit edit => RoomLife.Edit(room, edit),
            RoomCommand.ChangePolicy change => RoomPolicies.Change(room, change),
            RoomCommand.Start start => RoomLife.Start(room, start),
            RoomCommand.End end => RoomLife.End(room, end),
            RoomCommand.Expire expire => RoomLife.Expire(room, expire),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown room command."),
        };
}
