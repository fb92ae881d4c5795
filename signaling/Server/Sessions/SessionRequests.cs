using Google.Protobuf;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>
/// Carries out what clients ask over a live connection once they are in. It parses, hands over and maps; no rule lives
/// here.
/// </summary>
internal sealed class SessionRequests(
    PersonalRequests personal,
    MediaRequests media,
    StageRequests stage,
    Departure departure,
    TimeProvider time
)
{
    private static readonly ServerMessage Done = new() { Done = new Done() };

    /// <summary>Answers a request of somebody who is in.</summary>
    public async Task<Outcome<ServerMessage>> AnswerAsync(Seat seat, ClientMessage message, CancellationToken stop) =>
        message switch
        {
            { Ping: { } ping } => new ServerMessage { Pong = new Pong { Nonce = ping.Nonce } },
            { SetMuted: { } mute } => Answer(await personal.SetMutedAsync(seat, mute, stop)),
            { RaiseHand: { } raise } => Answer(await personal.RaiseHandAsync(seat, raise, stop)),
            { AnswerInvitation: { } answer } => Answer(await personal.AnswerInvitationAsync(seat, answer, stop)),
            { SharePost: { } share } => Answer(await personal.SharePostAsync(seat, share, stop)),
            { React: { } react } => Answer(personal.React(seat, react)),
            { OpenMedia: { } open } => await media.OpenAsync(seat, open, stop),
            { RestartIce: { } restart } => await media.RestartIceAsync(seat, restart, stop),
            { ListParticipants: { } list } => await Roster.PageAsync(seat.Room, list, stop),
            { ListBans: { } list } => ListBans(seat, list),
            { UpdateRoom: { } update } => await UpdateAsync(seat, update, stop),
            { EndRoom: not null } => await EndRoomAsync(seat, stop),
            { Leave: not null } => await LeaveAsync(seat),
            { Join: not null } or { Resume: not null } => new Refusal(
                StatusCode.FailedPrecondition,
                "You have joined already on this connection."
            ),
            _ => await OnStageAsync(seat, message, stop),
        };

    private static Outcome<ServerMessage> Answer(Refusal? refusal) => refusal ?? (Outcome<ServerMessage>)Done.Clone();

    /// <summary>What StageService has too: the room is the one of this connection.</summary>
    private async Task<Outcome<ServerMessage>> OnStageAsync(Seat seat, ClientMessage message, CancellationToken stop)
    {
        if (StageRequestOf(message) is not { } request)
        {
            return Refusal.Invalid("The message holds no request that this server knows.");
        }

        return RoomIdOf(request) is { Length: > 0 } room && room != seat.Room.Id.Value
            ? Refusal.Invalid("room_id is of another room; leave it empty on a live connection.")
            : Answer(await stage.CarryOutAsync(seat.Room, new Actor(seat.Participant.Identity), request, stop));
    }

    private static IMessage? StageRequestOf(ClientMessage message) =>
        message switch
        {
            { SetRole: { } set } => new SetRoleRequest { ParticipantId = set.ParticipantId, Role = set.Role },
            { LowerHand: { } lower } => lower,
            { InviteToSpeak: { } invite } => invite,
            { AskToUnmute: { } ask } => ask,
            { MuteParticipant: { } mute } => mute,
            { MuteAll: { } mute } => mute,
            { Suppress: { } suppress } => suppress,
            { HandOver: { } handOver } => handOver,
            { SetHeirs: { } set } => set,
            { RemoveParticipant: { } remove } => remove,
            { Ban: { } ban } => ban,
            { Unban: { } unban } => unban,
            { TakeDownPost: { } down } => down,
            { AppointCoHost: { } appoint } => appoint,
            { DismissCoHost: { } dismiss } => dismiss,
            { StartRoom: { } start } => start,
            _ => null,
        };

    private static string RoomIdOf(IMessage request) =>
        (string)request.Descriptor.Fields["room_id"].Accessor.GetValue(request);

    private static Outcome<ServerMessage> ListBans(Seat seat, ListBansRequest request)
    {
        var outcome = BanList.Page(seat.Room.Current, new Actor(seat.Participant.Identity), request);
        return outcome.IsRefused(out var refusal, out var page) ? refusal : new ServerMessage { Bans = page };
    }

    private async Task<Outcome<ServerMessage>> UpdateAsync(Seat seat, UpdateRoomRequest request, CancellationToken stop)
    {
        if (request.RoomId.Length > 0 && request.RoomId != seat.Room.Id.Value)
        {
            return Refusal.Invalid("room_id is of another room; leave it empty on a live connection.");
        }

        var outcome = RoomSettings.Changes(request, new Actor(seat.Participant.Identity), time.GetUtcNow());
        return outcome.IsRefused(out var refusal, out var changes)
            ? refusal
            : Answer(await RoomCommands.CarryOutAsync(seat.Room, _ => changes, stop));
    }

    private async Task<Outcome<ServerMessage>> EndRoomAsync(Seat seat, CancellationToken cancellationToken)
    {
        var command = new RoomCommand.End(new Actor(seat.Participant.Identity), time.GetUtcNow());
        return Answer(
            await Departure.EndRoomAsync(seat.Room, command, cancellationToken, answeredApart: seat.Participant)
        );
    }

    private async Task<Outcome<ServerMessage>> LeaveAsync(Seat seat)
    {
        await departure.LeaveAsync(seat.Room, seat.Participant);
        return Answer(null);
    }
}
