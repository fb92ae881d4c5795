using System.Globalization;
using System.Text.Json;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>Rooms and events as JSON for people to read, in their stored form.</summary>
public static class RoomLogText
{
    /// <summary>Of what was decided about accounts, no more than this goes into a text; the log has it all.</summary>
    private const int DecisionsMax = 500;

    /// <summary>A room, without what is too much of it.</summary>
    public static string Write(Room room)
    {
        ArgumentNullException.ThrowIfNull(room);
        var shown = room with
        {
            Decisions = room.Decisions.Count > DecisionsMax ? new() : room.Decisions,
            Suppressed = room.Suppressed.Count > DecisionsMax ? new() : room.Suppressed,
            Bans = room.Bans.Count > DecisionsMax ? new() : room.Bans,
        };
        return JsonSerializer.Serialize(shown, RoomJson.Options);
    }

    /// <summary><c>{"number":N,"event":{…}}</c>.</summary>
    public static string Write(NumberedEvent numbered)
    {
        var body = JsonSerializer.Serialize(numbered.Event, RoomJson.Options);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"number":{{numbered.Number}},"event":{{body}}}""");
    }
}
