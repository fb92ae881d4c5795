using Google.Protobuf;
using Grpc.Core;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>
/// Who speaks and who is in a room, by request: for application servers. Each method hands over to the same command as
/// the request of a live connection.
/// </summary>
internal sealed class StageGrpcService(RoomDirectory rooms, StageRequests stage, Callers callers)
    : StageService.StageServiceBase
{
    public override async Task<ListParticipantsResponse> ListParticipants(
        ListParticipantsRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join && RoomCalls.Covers(token, request.RoomId), "join for this room");
        var room = RoomCalls.Value(await rooms.FindOpenAsync(request.RoomId, context.CancellationToken));
        var list = new ListParticipants
        {
            PageSize = request.PageSize,
            PageToken = request.PageToken,
            Filter = request.Filter,
            NamePrefix = request.NamePrefix,
        };
        var page = RoomCalls.Value(await Roster.PageAsync(room, list, context.CancellationToken)).Participants;
        return new ListParticipantsResponse
        {
            Participants = { page.Participants_ },
            NextPageToken = page.NextPageToken,
        };
    }

    public override async Task<ListBansResponse> ListBans(ListBansRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        var room = await FindAsync(token, request.RoomId, context);
        return RoomCalls.Value(BanList.Page(room.Current, token.ActorIn(room.Id), request));
    }

    public override Task<SetRoleResponse> SetRole(SetRoleRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new SetRoleResponse());

    public override Task<LowerHandResponse> LowerHand(LowerHandRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new LowerHandResponse());

    public override Task<InviteToSpeakResponse> InviteToSpeak(
        InviteToSpeakRequest request,
        ServerCallContext context
    ) => CarryOutAsync(request, request.RoomId, context, new InviteToSpeakResponse());

    public override Task<AskToUnmuteResponse> AskToUnmute(AskToUnmuteRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new AskToUnmuteResponse());

    public override Task<MuteParticipantResponse> MuteParticipant(
        MuteParticipantRequest request,
        ServerCallContext context
    ) => CarryOutAsync(request, request.RoomId, context, new MuteParticipantResponse());

    public override Task<MuteAllResponse> MuteAll(MuteAllRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new MuteAllResponse());

    public override Task<SuppressResponse> Suppress(SuppressRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new SuppressResponse());

    public override Task<AppointCoHostResponse> AppointCoHost(
        AppointCoHostRequest request,
        ServerCallContext context
    ) => CarryOutAsync(request, request.RoomId, context, new AppointCoHostResponse());

    public override Task<DismissCoHostResponse> DismissCoHost(
        DismissCoHostRequest request,
        ServerCallContext context
    ) => CarryOutAsync(request, request.RoomId, context, new DismissCoHostResponse());

    public override Task<HandOverResponse> HandOver(HandOverRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new HandOverResponse());

    public override Task<SetHeirsResponse> SetHeirs(SetHeirsRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new SetHeirsResponse());

    public override Task<RemoveParticipantResponse> RemoveParticipant(
        RemoveParticipantRequest request,
        ServerCallContext context
    ) => CarryOutAsync(request, request.RoomId, context, new RemoveParticipantResponse());

    public override Task<BanAccountResponse> BanAccount(BanAccountRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new BanAccountResponse());

    public override Task<UnbanAccountResponse> UnbanAccount(UnbanAccountRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new UnbanAccountResponse());

    public override Task<TakeDownPostResponse> TakeDownPost(TakeDownPostRequest request, ServerCallContext context) =>
        CarryOutAsync(request, request.RoomId, context, new TakeDownPostResponse());

    private async Task<T> CarryOutAsync<T>(IMessage request, string roomId, ServerCallContext context, T done)
    {
        var token = callers.Authenticate(context);
        var room = await FindAsync(token, roomId, context);
        Callers.Check(await stage.CarryOutAsync(room, token.ActorIn(room.Id), request, context.CancellationToken));
        return done;
    }

    private async Task<LiveRoom> FindAsync(AccessToken token, string roomId, ServerCallContext context)
    {
        RoomCalls.RequireCovers(token, roomId);
        return RoomCalls.Value(await rooms.FindOpenAsync(roomId, context.CancellationToken));
    }
}
