using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Reminders;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Capability = Spaces.Signaling.Domain.Capabilities.Capability;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>Rooms by request: parse, authorize, hand over, map. No rule lives here.</summary>
internal sealed class RoomGrpcService(
    RoomDirectory rooms,
    RoomLists lists,
    RoomWatch watch,
    RoomVisibilityCheck visibility,
    ICapabilities capabilities,
    ReminderBook reminders,
    ActionLimits limits,
    Callers callers
) : RoomService.RoomServiceBase
{
    public override async Task<CreateRoomResponse> CreateRoom(CreateRoomRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Create, "create");
        Callers.Check(await HostRefusalAsync(token, context.CancellationToken));
        Callers.Check(limits.Take(LimitedAction.CreateRoom, token.Identity, CallerAddress.Of(context)));
        var opening = RoomCalls.Value(RoomSettings.Opening(request, token.Identity, token.Name, rooms.Now()));
        var room = RoomCalls.Value(await rooms.CreateAsync(opening, context.CancellationToken));
        if (request.Heirs.Count > 0)
        {
            var heirs = new RoomCommand.SetHeirs(
                token.ActorIn(room.Id),
                [.. request.Heirs.Select(heir => new Identity(heir))],
                rooms.Now()
            );
            Callers.Check(await RoomCommands.CarryOutAsync(room, heirs, context.CancellationToken));
        }

        return new CreateRoomResponse { Room = room.Describe() };
    }

    public override async Task<GetRoomResponse> GetRoom(GetRoomRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join && RoomCalls.Covers(token, request.RoomId), "join for this room");
        var room = await ReadAsync(token, request.RoomId, context.CancellationToken);
        return new GetRoomResponse { Room = await DescribeAsync(token, room, context.CancellationToken) };
    }

    public override async Task<ListRoomsResponse> ListRooms(ListRoomsRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join, "join");
        return RoomCalls.Value(await lists.PageAsync(token, request, context.CancellationToken));
    }

    public override async Task<UpdateRoomResponse> UpdateRoom(UpdateRoomRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        var room = await FindAsync(token, request.RoomId, context);
        var changes = RoomCalls.Value(RoomSettings.Changes(request, token.ActorIn(room.Id), rooms.Now()));
        Callers.Check(await RoomCommands.CarryOutAsync(room, _ => changes, context.CancellationToken));
        return new UpdateRoomResponse { Room = room.Describe() };
    }

    public override async Task<StartRoomResponse> StartRoom(StartRoomRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        var room = await FindAsync(token, request.RoomId, context);
        Callers.Check(await HostRefusalAsync(token, context.CancellationToken));
        var start = new RoomCommand.Start(token.ActorIn(room.Id), rooms.Now());
        Callers.Check(await RoomCommands.CarryOutAsync(room, start, context.CancellationToken));
        return new StartRoomResponse { Room = room.Describe() };
    }

    public override async Task<EndRoomResponse> EndRoom(EndRoomRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        RoomCalls.RequireCovers(token, request.RoomId);
        var ended = RoomCalls.Value(await rooms.ReadAsync(request.RoomId, context.CancellationToken));
        if (ended.State == Domain.RoomState.Ended)
        {
            Callers.Check(
                Permissions.Refusal(ended, Right.EndRoom, token.ActorIn(ended.Id)) is { } refusal
                    ? Refusal.Of(refusal)
                    : null
            );
            return new EndRoomResponse { Room = rooms.Describe(ended) };
        }

        var room = await FindAsync(token, request.RoomId, context);
        var command = new RoomCommand.End(token.ActorIn(room.Id), rooms.Now());
        Callers.Check(await Departure.EndRoomAsync(room, command, context.CancellationToken));
        return new EndRoomResponse { Room = room.Describe() };
    }

    public override async Task Watch(
        WatchRoomRequest request,
        IServerStreamWriter<WatchRoomResponse> responseStream,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join && RoomCalls.Covers(token, request.RoomId), "join for this room");
        var room = await ReadAsync(token, request.RoomId, context.CancellationToken);
        var refusal = await watch.RunAsync(
            room,
            request.AfterEvent,
            message => responseStream.WriteAsync(message, context.CancellationToken),
            context.CancellationToken
        );
        Callers.Check(refusal);
    }

    public override async Task<SetReminderResponse> SetReminder(SetReminderRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join && RoomCalls.Covers(token, request.RoomId), "join for this room");
        var room = await ReadAsync(token, request.RoomId, context.CancellationToken);
        try
        {
            Callers.Check(await reminders.SetAsync(token.Identity, room, context.CancellationToken));
        }
        catch (RoomStoreUnavailableException)
        {
            throw Callers.Error(Refusal.StoreUnavailable);
        }

        var described = rooms.Describe(room);
        described.ReminderSet = true;
        return new SetReminderResponse { Room = described };
    }

    public override async Task<ClearReminderResponse> ClearReminder(
        ClearReminderRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join, "join");
        if (!RoomId.TryParse(request.RoomId, out var room))
        {
            throw Callers.Error(Refusal.NoSuchRoom);
        }

        try
        {
            await reminders.ClearAsync(token.Identity, room, context.CancellationToken);
            return new ClearReminderResponse();
        }
        catch (RoomStoreUnavailableException)
        {
            throw Callers.Error(Refusal.StoreUnavailable);
        }
    }

    public override async Task<ListRemindersResponse> ListReminders(
        ListRemindersRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        RoomCalls.Require(token.Grants.Join, "join");
        return RoomCalls.Value(await lists.RemindersAsync(token.Identity, context.CancellationToken));
    }

    private async Task<LiveRoom> FindAsync(AccessToken token, string roomId, ServerCallContext context)
    {
        RoomCalls.RequireCovers(token, roomId);
        return RoomCalls.Value(await rooms.FindOpenAsync(roomId, context.CancellationToken));
    }

    /// <summary>A room in any state, if the bearer may know of it.</summary>
    private async Task<Domain.Room> ReadAsync(AccessToken token, string roomId, CancellationToken cancellationToken)
    {
        var room = RoomCalls.Value(await rooms.ReadAsync(roomId, cancellationToken));
        Callers.Check(await visibility.RefusalAsync(room, token, cancellationToken));
        return room;
    }

    private async Task<V1.Room> DescribeAsync(AccessToken token, Domain.Room room, CancellationToken cancellationToken)
    {
        var described = rooms.Describe(room);
        if (room.State == Domain.RoomState.Scheduled)
        {
            try
            {
                described.ReminderSet = await reminders.HasAsync(token.Identity, room.Id, cancellationToken);
            }
            catch (RoomStoreUnavailableException)
            {
                // The room itself is known; a reminder is shown again when it can be read.
            }
        }

        return described;
    }

    private async Task<Refusal?> HostRefusalAsync(AccessToken token, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await capabilities.MayAsync(Capability.Host, token.Facts, cancellationToken);
            return verdict.Refusal is { } refusal ? Refusal.Of(refusal) : null;
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }
}
