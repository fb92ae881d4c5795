using System.Globalization;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>Rooms by request: parse, authorize, hand over, map. No rule lives here.</summary>
internal sealed class RoomGrpcService(RoomDirectory rooms, AccessTokens tokens) : RoomService.RoomServiceBase
{
    private const int PageSizeDefault = 50;
    private const int PageSizeMax = 200;

    public override async Task<CreateRoomResponse> CreateRoom(CreateRoomRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        Require(token.Grants.Create, "create");
        var outcome = await rooms.CreateAsync(request.Title, token, context.CancellationToken);
        return new CreateRoomResponse { Room = Value(outcome).Describe() };
    }

    public override async Task<GetRoomResponse> GetRoom(GetRoomRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        Require(token.Grants.Join && Covers(token, request.RoomId), "join for this room");
        var outcome = await rooms.DescribeAsync(request.RoomId, context.CancellationToken);
        return new GetRoomResponse { Room = Value(outcome) };
    }

    public override async Task<ListRoomsResponse> ListRooms(ListRoomsRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        Require(token.Grants.Join, "join");
        if (request.PageSize > PageSizeMax)
        {
            throw Invalid($"page_size is above {PageSizeMax}.");
        }

        if (token.Grants.Room != Grants.AllRooms)
        {
            var one = await rooms.DescribeAsync(token.Grants.Room, context.CancellationToken);
            return one.Value is { State: V1.RoomState.Live } room
                ? new ListRoomsResponse { Rooms = { room } }
                : new ListRoomsResponse();
        }

        var size = request.PageSize == 0 ? PageSizeDefault : (int)request.PageSize;
        return await PageAsync(ParsePosition(request.PageToken), size, context.CancellationToken);
    }

    public override async Task<UpdateRoomResponse> UpdateRoom(UpdateRoomRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        var room = await FindAsync(token, request.RoomId, context);
        var command = new RoomCommand.Edit(token.ActorIn(room.Id), rooms.Now()) { Title = request.Title };
        Check(await room.ExecuteAsync(command, context.CancellationToken));
        return new UpdateRoomResponse { Room = room.Describe() };
    }

    public override async Task<EndRoomResponse> EndRoom(EndRoomRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        RequireCovers(token, request.RoomId);
        var described = Value(await rooms.DescribeAsync(request.RoomId, context.CancellationToken));
        if (described.State == V1.RoomState.Ended)
        {
            var isAllowed = described.HostIdentity == token.Identity.Value || token.Grants.Admin;
            return isAllowed
                ? new EndRoomResponse { Room = described }
                : throw Error(StatusCode.PermissionDenied, Permissions.Table[Right.EndRoom].Refusal);
        }

        var room = await FindAsync(token, request.RoomId, context);
        var command = new RoomCommand.End(token.ActorIn(room.Id), rooms.Now());
        Check(await Departure.EndRoomAsync(room, command, context.CancellationToken));
        return new EndRoomResponse { Room = room.Describe() };
    }

    private static bool Covers(AccessToken token, string roomId) => token.Grants.Covers(new RoomId(roomId));

    private static void RequireCovers(AccessToken token, string roomId)
    {
        if (!Covers(token, roomId))
        {
            throw Error(StatusCode.PermissionDenied, "The access token is for another room.");
        }
    }

    private static void Require(bool granted, string grant)
    {
        if (!granted)
        {
            throw Error(StatusCode.PermissionDenied, $"The access token lacks the grant {grant}.");
        }
    }

    private static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw Error(refusal);
        }
    }

    private static T Value<T>(Outcome<T> outcome)
        where T : class => outcome.IsRefused(out var refusal, out var value) ? throw Error(refusal) : value;

    private static RpcException Invalid(string message) => Error(StatusCode.InvalidArgument, message);

    private static RpcException Error(StatusCode code, string message) => new(new Status(code, message));

    private static RpcException Error(Refusal refusal)
    {
        var trailers = new Metadata();
        if (refusal.RetryAfterMs > 0)
        {
            trailers.Add("grpc-retry-pushback-ms", refusal.RetryAfterMs.ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(refusal.Code, refusal.Message), trailers);
    }

    private static string Format(RoomPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.CreatedAt.UtcTicks}.{position.Id.Value}");

    private static RoomPosition? ParsePosition(string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        var dot = token.IndexOf('.', StringComparison.Ordinal);
        return
            dot > 0
            && long.TryParse(token[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
            && RoomId.TryParse(token[(dot + 1)..], out var id)
            ? new RoomPosition(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : throw Invalid("page_token is not one that this server gave.");
    }

    private async Task<ListRoomsResponse> PageAsync(RoomPosition? after, int size, CancellationToken cancellationToken)
    {
        try
        {
            var page = await rooms.ListAsync(after, size + 1, cancellationToken);
            var response = new ListRoomsResponse { Rooms = { page.Take(size) } };
            if (page.Length > size)
            {
                var last = page[size - 1];
                response.NextPageToken = Format(
                    new RoomPosition(last.CreatedAt.ToDateTimeOffset(), new RoomId(last.Id))
                );
            }

            return response;
        }
        catch (RoomStoreUnavailableException)
        {
            throw Error(Refusal.StoreUnavailable);
        }
    }

    private AccessToken Authenticate(ServerCallContext context)
    {
        var bearer = Bearer.Of(context.RequestHeaders.GetValue("authorization")) ?? "";
        return tokens.TryVerify(bearer, out var token, out var problem)
            ? token
            : throw Error(StatusCode.Unauthenticated, problem);
    }

    private async Task<LiveRoom> FindAsync(AccessToken token, string roomId, ServerCallContext context)
    {
        RequireCovers(token, roomId);
        return Value(await rooms.FindLiveAsync(roomId, context.CancellationToken));
    }
}
