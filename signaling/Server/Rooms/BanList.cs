using Spaces.Signaling.Domain;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Who is banned from a room, by pages, for those who may ban.</summary>
internal static class BanList
{
    private const int PageSizeDefault = 50;
    private const int PageSizeMax = 200;

    public static Outcome<ListBansResponse> Page(Domain.Room room, Actor actor, ListBansRequest request)
    {
        if (request.PageSize > PageSizeMax)
        {
            return Refusal.Invalid($"page_size is above {PageSizeMax}.");
        }

        if (Permissions.Refusal(room, Right.Ban, actor) is { } refusal)
        {
            return Refusal.Of(refusal);
        }

        var size = request.PageSize == 0 ? PageSizeDefault : (int)request.PageSize;
        var page = room
            .Bans.Where(ban => string.CompareOrdinal(ban.Key.Value, request.PageToken) > 0)
            .OrderBy(ban => ban.Key.Value, StringComparer.Ordinal)
            .Take(size + 1)
            .ToArray();
        return new ListBansResponse
        {
            Accounts =
            {
                page.Take(size).Select(ban => new BannedAccount { Identity = ban.Key.Value, Name = ban.Value.Name }),
            },
            NextPageToken = page.Length > size ? page[size - 1].Key.Value : "",
        };
    }
}
