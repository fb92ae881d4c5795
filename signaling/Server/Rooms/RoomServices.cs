using Spaces.Signaling.Server.Http;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Server.Reactions;
using Spaces.Signaling.Server.Reminders;
using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Server.WebSockets;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Puts together what carries out the rules of rooms, and what tells people of them.</summary>
internal static class RoomServices
{
    public static void AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<RoomEffects>();
        services.AddSingleton<RoomTimers>();
        services.AddSingleton<EntryCheck>();
        services.AddSingleton<SpeakGate>();
        services.AddSingleton<StageRequests>();
        services.AddSingleton<RoomVisibilityCheck>();
        services.AddSingleton<RoomLists>();
        services.AddSingleton<RoomWatch>();
        services.AddSingleton<RoomReactions>();
        services.AddSingleton<ReminderBook>();
        services.AddSingleton<ReminderTeller>();
        services.AddSingleton<AccountNotifications>();
        services.AddSingleton<EntryRequests>();
        services.AddSingleton<PersonalRequests>();
        services.AddSingleton<MediaRequests>();
        services.AddSingleton<WebSocketDoor>();
        services.AddSingleton<NotificationEndpoint>();
        services.AddSingleton<CalendarEndpoint>();
    }
}
