using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;
using RoomState = Spaces.Signaling.Domain.RoomState;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Which rooms a list is to hold, as far as the rooms themselves say.</summary>
internal sealed record RoomFilter(RoomState State, string Topic, bool FollowedOnly, IReadOnlyList<string> Words)
{
    private const int QueryLengthMax = 100;

    /// <returns>Null when the request asks for what is not listed.</returns>
    public static RoomFilter? TryRead(ListRoomsRequest request)
    {
        var state = request.State == V1.RoomState.Unspecified ? RoomState.Live : (RoomState)request.State;
        return state is RoomState.Live or RoomState.Scheduled && request.Query.Length <= QueryLengthMax
            ? new RoomFilter(
                state,
                request.Topic.Trim(),
                request.FollowedOnly,
                request.Query.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            )
            : null;
    }

    public bool Fits(Room room) =>
        (Topic.Length == 0 || room.Topics.Contains(Topic, StringComparer.OrdinalIgnoreCase))
        && Words.All(word => Mentions(room, word));

    private static bool Mentions(Room room, string word) =>
        room.Title.Contains(word, StringComparison.OrdinalIgnoreCase)
        || room.Description.Contains(word, StringComparison.OrdinalIgnoreCase)
        || room.HostName.Contains(word, StringComparison.OrdinalIgnoreCase)
        || room.Topics.Any(topic => topic.Contains(word, StringComparison.OrdinalIgnoreCase));
}
