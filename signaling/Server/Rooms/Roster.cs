using System.Globalization;
using Grpc.Core;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Everybody in a room, by pages: host and speakers first, then listeners by time of joining.</summary>
internal static class Roster
{
    private const int PageSizeDefault = 50;
    private const int PageSizeMax = 200;

    public static async Task<Outcome<ServerMessage>> PageAsync(
        LiveRoom room,
        ListParticipants request,
        CancellationToken cancellationToken
    )
    {
        if (request.PageSize > PageSizeMax)
        {
            return new Refusal(StatusCode.InvalidArgument, $"page_size is above {PageSizeMax}.");
        }

        if (!TryParse(request.PageToken, out var after))
        {
            return new Refusal(StatusCode.InvalidArgument, "page_token is not one that this server gave.");
        }

        var size = request.PageSize == 0 ? PageSizeDefault : (int)request.PageSize;
        using (await room.EnterAsync(cancellationToken))
        {
            var page = room
                .People.All.Select(participant => (Place: PlaceOf(room, participant), participant))
                .Where(entry => entry.Place.CompareTo(after) > 0)
                .OrderBy(entry => entry.Place)
                .Take(size + 1)
                .ToArray();
            var message = new Participants
            {
                Participants_ =
                {
                    page.Take(size).Select(entry => RoomMessages.Describe(room.Current, entry.participant)),
                },
                NextPageToken = page.Length > size ? Format(page[size - 1].Place) : "",
            };
            return new ServerMessage { Participants = message };
        }
    }

    /// <summary>Rank 0: on stage to speak; 1: the audience. Within it, the order of joining.</summary>
    private static (int Rank, long Order) PlaceOf(LiveRoom room, Participant participant) =>
        (room.Current.OnStage(participant.Id) is { MaySpeak: true } ? 0 : 1, participant.JoinOrder);

    private static string Format((int Rank, long Order) place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place.Rank}.{place.Order}");

    private static bool TryParse(string token, out (int Rank, long Order) place)
    {
        place = (-1, 0);
        if (token.Length == 0)
        {
            return true;
        }

        var parts = token.Split('.');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out place.Rank)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out place.Order);
    }
}
