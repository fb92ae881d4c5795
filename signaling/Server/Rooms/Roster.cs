using System.Globalization;
using Grpc.Core;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// The people in a room, by pages: host, co-hosts and speakers first, then listeners by time of joining; or only the
/// queue of hands, those who speak, those who listen; or those whose name begins so.
/// </summary>
internal static class Roster
{
    private const int PageSizeDefault = 50;
    private const int PageSizeMax = 200;
    private const int PrefixLengthMax = 100;
    private const int HandRank = 2;

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

        if (request.NamePrefix.Length > PrefixLengthMax || !Enum.IsDefined(request.Filter))
        {
            return Refusal.Invalid($"filter is unknown, or name_prefix is longer than {PrefixLengthMax} characters.");
        }

        if (!TryParse(request.PageToken, out var after))
        {
            return new Refusal(StatusCode.InvalidArgument, "page_token is not one that this server gave.");
        }

        var size = request.PageSize == 0 ? PageSizeDefault : (int)request.PageSize;
        using (await room.EnterAsync(cancellationToken))
        {
            var page = Entries(room, request.Filter, after)
                .Where(entry =>
                    entry.Participant.Participation.Name.StartsWith(
                        request.NamePrefix,
                        StringComparison.OrdinalIgnoreCase
                    )
                )
                .Take(size + 1)
                .ToArray();
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

    private static IEnumerable<((int Rank, long Order) Place, Participant Participant)> Entries(
        LiveRoom room,
        ParticipantFilter filter,
        (int Rank, long Order) after
    ) =>
        filter switch
        {
            ParticipantFilter.Hands => room
                .Current.Stage.Hands.Select(member =>
                    (Place: (HandRank, member.HandNumber), Participant: room.People.Find(member.Person.Id))
                )
                .Where(entry => entry.Participant is not null && entry.Place.CompareTo(after) > 0)
                .Select(entry => (entry.Place, entry.Participant!)),
            ParticipantFilter.Speakers => EntriesAfter(room, after).TakeWhile(entry => entry.Place.Rank == 0),
            ParticipantFilter.Listeners => EntriesAfter(room, after).Where(entry => entry.Place.Rank == 1),
            ParticipantFilter.Unspecified or _ => EntriesAfter(room, after),
        };

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
