using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Rooms and events to and from the values that Redis keeps.</summary>
internal static class RoomCodec
{
    public static byte[] Encode(RoomEvent roomEvent, string tip) =>
        JsonSerializer.SerializeToUtf8Bytes(new StoredEvent(RoomJson.Version, tip, roomEvent), RoomJson.Options);

    public static byte[] Encode(Room room) =>
        JsonSerializer.SerializeToUtf8Bytes(new StoredSnapshot(RoomJson.Version, room), RoomJson.Options);

    /// <returns>False where one is damaged, or of another schema.</returns>
    public static bool TryDecode(ImmutableArray<RedisReply> entries, out ImmutableArray<RoomEvent> events)
    {
        var read = ImmutableArray.CreateBuilder<RoomEvent>(entries.Length);
        events = [];
        foreach (var entry in entries)
        {
            if (!TryDecode<StoredEvent>(entry.Bytes, out var stored) || stored is not { V: RoomJson.Version, E: { } e })
            {
                return false;
            }

            read.Add(e);
        }

        events = read.ToImmutable();
        return true;
    }

    /// <returns>False where it is damaged, of another schema, or of another room or version.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> snapshot,
        RoomId id,
        long version,
        [NotNullWhen(true)] out Room? room
    )
    {
        room = null;
        if (TryDecode<StoredSnapshot>(snapshot, out var stored) && stored is { V: RoomJson.Version, Room: { } read })
        {
            room = read.Id == id && read.Version == version ? read : null;
        }

        return room is not null;
    }

    /// <summary>The schema of a value; 0 where it has none.</summary>
    public static int SchemaOf(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize<StoredSchema>(value, RoomJson.Options)?.V ?? 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    private static bool TryDecode<T>(ReadOnlySpan<byte> json, out T? value)
        where T : class
    {
        value = null;
        try
        {
            value = JsonSerializer.Deserialize<T>(json, RoomJson.Options);
            return value is not null;
        }
        catch (Exception error)
            when (error is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private sealed record StoredEvent(int V, string T, RoomEvent E);

    private sealed record StoredSnapshot(int V, Room Room);

    private sealed record StoredSchema(int V);
}
