using System.Collections.Immutable;
using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Reminders;
using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;
using RoomState = Spaces.Signaling.Domain.RoomState;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Lists of rooms, live or to come, as one account may see them.</summary>
internal sealed class RoomLists(IRoomStore store, RoomDirectory rooms, IAccounts accounts, ReminderBook reminders)
{
    private const int PageSizeDefault = 50;
    private const int PageSizeMax = 200;

    /// <summary>Rooms looked at for one page: where a filter lets few through, the next one goes on.</summary>
    private const int LookMax = 1_000;

    public async Task<Outcome<ListRoomsResponse>> PageAsync(
        AccessToken token,
        ListRoomsRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.PageSize > PageSizeMax)
        {
            return Refusal.Invalid($"page_size is above {PageSizeMax}.");
        }

        if (RoomFilter.TryRead(request) is not { } filter)
        {
            return Refusal.Invalid(
                "state must be ROOM_STATE_LIVE or ROOM_STATE_SCHEDULED, and query at most 100 characters."
            );
        }

        if (!PageToken.TryParse(request.PageToken, filter.State, out var after))
        {
            return Refusal.Invalid("page_token is not one that this server gave for this list.");
        }

        var size = request.PageSize == 0 ? PageSizeDefault : (int)request.PageSize;
        try
        {
            return token.Grants.Room == Grants.AllRooms
                ? await PageAsync(token, filter, after, size, cancellationToken)
                : await OnlyAsync(token, filter, cancellationToken);
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>The rooms an account wants to be reminded of and that are not over, soonest first.</summary>
    public async Task<Outcome<ListRemindersResponse>> RemindersAsync(
        Identity account,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var wanted = new List<Room>();
            foreach (var id in (await reminders.ListAsync(account, cancellationToken)).Keys)
            {
                if (await store.LoadAsync(id, cancellationToken) is { State: not RoomState.Ended } room)
                {
                    wanted.Add(room);
                }
            }

            return new ListRemindersResponse
            {
                Rooms =
                {
                    wanted
                        .OrderBy(room => room.StartsAt)
                        .Select(room =>
                        {
                            var described = rooms.Describe(room);
                            described.ReminderSet = true;
                            return described;
                        }),
                },
            };
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    private async Task<ListRoomsResponse> PageAsync(
        AccessToken token,
        RoomFilter filter,
        PageToken? after,
        int size,
        CancellationToken cancellationToken
    )
    {
        var response = new ListRoomsResponse();
        for (var looked = 0; looked < LookMax; )
        {
            var page = await ReadAsync(filter.State, after, size + 1, cancellationToken);
            var shown = await VisibleAsync(token, filter, page, cancellationToken);
            foreach (var room in page)
            {
                if (response.Rooms.Count == size)
                {
                    response.NextPageToken = after!.Value.ToString();
                    return response;
                }

                after = PageToken.Of(room);
                if (shown.Contains(room.Id))
                {
                    response.Rooms.Add(rooms.Describe(room));
                }
            }

            if (page.Length <= size)
            {
                return response; // That was the last of them.
            }

            looked += page.Length;
        }

        response.NextPageToken = after?.ToString() ?? "";
        return response;
    }

    private ValueTask<ImmutableArray<Room>> ReadAsync(
        RoomState state,
        PageToken? after,
        int count,
        CancellationToken cancellationToken
    ) =>
        state == RoomState.Live
            ? store.ListLiveAsync(after?.Live, count, cancellationToken)
            : store.ListScheduledAsync(after?.Scheduled, count, cancellationToken);

    private async Task<HashSet<RoomId>> VisibleAsync(
        AccessToken token,
        RoomFilter filter,
        ImmutableArray<Room> page,
        CancellationToken cancellationToken
    )
    {
        var fitting = page.Where(filter.Fits).ToArray();
        var asked = fitting
            .Where(room => filter.FollowedOnly || room.Policy.Visibility == RoomVisibility.Followers)
            .Select(room => room.Host)
            .ToHashSet();
        var followed =
            asked.Count == 0 ? [] : await accounts.FollowedAmongAsync(token.Identity, asked, cancellationToken);
        return
        [
            .. fitting
                .Where(room => !filter.FollowedOnly || followed.Contains(room.Host))
                .Where(room =>
                    room.Policy.Visibility switch
                    {
                        RoomVisibility.Public => true,
                        RoomVisibility.Followers => followed.Contains(room.Host)
                            || RoomVisibilityCheck.BelongsTo(room, token),
                        RoomVisibility.Unlisted or _ => false,
                    }
                )
                .Select(room => room.Id),
        ];
    }

    /// <summary>A token for one room: whoever has it has the link.</summary>
    private async Task<ListRoomsResponse> OnlyAsync(
        AccessToken token,
        RoomFilter filter,
        CancellationToken cancellationToken
    )
    {
        var found = await rooms.ReadAsync(token.Grants.Room, cancellationToken);
        return found.Value is { } room && room.State == filter.State && filter.Fits(room)
            ? new ListRoomsResponse { Rooms = { rooms.Describe(room) } }
            : new ListRoomsResponse();
    }

    /// <summary>The last room of a page: <c>ticks.id</c>, after a letter for the list.</summary>
    private readonly record struct PageToken(RoomState State, DateTimeOffset At, RoomId Id)
    {
        public RoomPosition Live => new(At, Id);

        public SchedulePosition Scheduled => new(At, Id);

        public static PageToken Of(Room room) =>
            new(room.State, room.State == RoomState.Live ? room.CreatedAt : room.StartsAt ?? room.CreatedAt, room.Id);

        public static bool TryParse(string text, RoomState state, out PageToken? token)
        {
            token = null;
            if (text.Length == 0)
            {
                return true;
            }

            var parts = text.Split('.', 3);
            if (
                parts.Length != 3
                || parts[0] != Letter(state)
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                || ticks > DateTimeOffset.MaxValue.Ticks
                || !RoomId.TryParse(parts[2], out var id)
            )
            {
                return false;
            }

            token = new PageToken(state, new DateTimeOffset(ticks, TimeSpan.Zero), id);
            return true;
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Letter(State)}.{At.UtcTicks}.{Id.Value}");

        private static string Letter(RoomState state) => state == RoomState.Live ? "l" : "s";
    }
}
