using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Events of a room's log as webhooks have them. What an event is called depends on it alone.</summary>
internal static class WebhookEvents
{
    public const string Lost = "events_lost";

    /// <summary>Every name there is.</summary>
    public static IReadOnlySet<string> Names { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "room_scheduled",
            "room_started",
            "room_updated",
            "room_finished",
            "speaker_requested",
            "speaker_invited",
            "speaker_added",
            "speaker_removed",
            "speaker_suppressed",
            "speaker_unsuppressed",
            "stage_changed",
            "stage_left",
            "participant_removed",
            "participant_banned",
            "participant_unbanned",
            "asked_to_unmute",
            "host_left",
            "host_returned",
            "host_changed",
            "post_shared",
            "post_taken_down",
            Lost,
        };

    public static string NameOf(NumberedEvent numbered) =>
        numbered.Event switch
        {
            RoomEvent.Scheduled => "room_scheduled",
            RoomEvent.Opened or RoomEvent.Started => "room_started",
            RoomEvent.Ended => "room_finished",
            RoomEvent.StageChanged changed => NameOf(changed, numbered.Number),
            RoomEvent.StageLeft { Reason: StageLeaveReason.MovedToAudience or StageLeaveReason.TurnOver } =>
                "speaker_removed",
            RoomEvent.StageLeft => "stage_left",
            RoomEvent.Decided decided => decided.Decision.Role == Role.Listener ? "speaker_removed" : "speaker_added",
            RoomEvent.SuppressionChanged changed => changed.Suppressed ? "speaker_suppressed" : "speaker_unsuppressed",
            RoomEvent.Removed => "participant_removed",
            RoomEvent.Banned => "participant_banned",
            RoomEvent.Unbanned => "participant_unbanned",
            RoomEvent.AskedToUnmute => "asked_to_unmute",
            RoomEvent.HostLeft => "host_left",
            RoomEvent.HostReturned => "host_returned",
            RoomEvent.HostChanged => "host_changed",
            RoomEvent.PostShared => "post_shared",
            RoomEvent.PostTakenDown => "post_taken_down",
            _ => "room_updated",
        };

    /// <summary>The body of a request.</summary>
    public static byte[] Body(Room room, NumberedEvent numbered)
    {
        var described = Describe(room);
        var (identity, by) = People(numbered.Event);
        var message = Message(room, numbered.Number, NameOf(numbered));
        message.CreatedAt = numbered.Event.At.ToTimestamp();
        message.Identity = identity;
        message.ByIdentity = by;
        message.RoomEvent = EventMessages.Describe(numbered, described);
        message.Room = described;
        return Write(message);
    }

    /// <summary>Says that the log goes on after a number, and that what was before is gone.</summary>
    public static byte[] LostBody(Room room, long number, DateTimeOffset now)
    {
        var message = Message(room, number, Lost);
        message.CreatedAt = now.ToTimestamp();
        message.Room = Describe(room);
        return Write(message);
    }

    private static string NameOf(RoomEvent.StageChanged changed, long number) =>
        changed.Decision is { Role: Role.Speaker } ? "speaker_added"
        : changed.Decision is { Role: Role.Listener } ? "speaker_removed"
        : changed.Member.HandRaised && changed.Member.HandNumber == number ? "speaker_requested"
        : changed.Member.Invited ? "speaker_invited"
        : "stage_changed";

    private static (string Identity, string By) People(RoomEvent roomEvent) =>
        roomEvent switch
        {
            RoomEvent.StageChanged changed => (changed.Member.Person.Identity.Value, ""),
            RoomEvent.StageLeft { Decision: { } decision } => (decision.Identity.Value, ""),
            RoomEvent.Decided decided => (decided.Decision.Identity.Value, ""),
            RoomEvent.SuppressionChanged changed => (changed.Identity.Value, ""),
            RoomEvent.Removed removed => (removed.Identity.Value, removed.By.Value),
            RoomEvent.Banned banned => (banned.Identity.Value, banned.By.Value),
            RoomEvent.Unbanned unbanned => (unbanned.Identity.Value, ""),
            RoomEvent.HostChanged changed => (changed.Host.Value, ""),
            RoomEvent.PostShared shared => (shared.Post.SharedBy.Value, ""),
            RoomEvent.PostTakenDown down => ("", down.By.Value),
            _ => ("", ""),
        };

    private static V1.WebhookEvent Message(Room room, long number, string name) =>
        new()
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{room.Id.Value}.{number}"),
            Event = name,
            RoomId = room.Id.Value,
            Number = (ulong)number,
        };

    private static V1.Room Describe(Room room) =>
        RoomMessages.Describe(room, (uint)room.Stage.Count(member => member.MaySpeak), listeners: 0);

    private static byte[] Write(V1.WebhookEvent message) =>
        Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message));
}
