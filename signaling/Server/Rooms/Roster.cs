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
            var page = EntriesAfter(room, after).Take(size + 1).ToArray();
            var message = new Participants
            {
                Participants_ =
                {
                    page.Take(size).Select(entry => RoomMessages.Describe(room.Current, entry.Participant)),
                },
                NextPageToken = page.Length > size ? Format(page[size - 1].Place) : "",
            };
            return new ServerMessage { Participants = message };
        }
    }

    /// <summary>Rank 0: on stage to speak; 1: the audience. Within it, the order of joining.</summary>
    /// <remarks>Costs a page and the stage, not the audience: anybody may ask, and the room waits meanwhile.</remarks>
    private static IEnumerable<((int Rank, long Order) Place, Participant Participant)> EntriesAfter(
        LiveRoom room,
        (int Rank, long Order) after
    )
    {
        var speakers = room
            .Current.Stage.Where(member => member.MaySpeak)
            .Select(member => room.People.Find(member.Person.Id))
            .OfType<Participant>()
            .ToDictionary(participant => participant.Id);
        var audience = room
            .People.JoinedAfter(after.Rank == 1 ? after.Order : 0)
            .Where(participant => !speakers.ContainsKey(participant.Id));
        return speakers
            .Values.OrderBy(participant => participant.JoinOrder)
            .Select(participant => (Place: (Rank: 0, Order: participant.JoinOrder), participant))
            .Concat(audience.Select(participant => (Place: (Rank: 1, Order: participant.JoinOrder), participant)))
            .Where(entry => entry.Place.CompareTo(after) > 0);
    }

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
