using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>What happens in a room in the words of the protocol.</summary>
/// <remarks>
/// Every event of the log has its message, so that numbers have no gap. What concerns one person alone, or only those
/// who moderate, is a number without content.
/// </remarks>
internal static class EventMessages
{
    /// <param name="numbered">The event.</param>
    /// <param name="room">The room as it is now or was then, for events that tell of it.</param>
    public static V1.RoomEvent Describe(NumberedEvent numbered, V1.Room room)
    {
        var message = new V1.RoomEvent { Number = (ulong)numbered.Number, At = numbered.Event.At.ToTimestamp() };
        switch (numbered.Event)
        {
            case Domain.RoomEvent.StageChanged changed:
                message.ParticipantChanged = RoomMessages.Describe(changed.Member);
                break;
            case Domain.RoomEvent.StageLeft left:
                message.ParticipantGone = new ParticipantGone { ParticipantId = left.Participant.Value };
                break;
            case Domain.RoomEvent.Removed removed:
                message.ParticipantRemoved = new ParticipantRemoved { ParticipantId = removed.Participant.Value };
                break;
            case Domain.RoomEvent.Banned or Domain.RoomEvent.Unbanned:
                message.BansChanged = new BansChanged();
                break;
            case Domain.RoomEvent.PostShared shared:
                message.PostShared = RoomMessages.Describe(shared.Post);
                break;
            case Domain.RoomEvent.PostTakenDown down:
                message.PostTakenDown = new V1.PostTakenDown
                {
                    PostId = down.Number.ToString(CultureInfo.InvariantCulture),
                };
                break;
            case Domain.RoomEvent.HostLeft left:
                message.HostLeft = new V1.HostLeft { GraceMs = (uint)left.GraceSeconds * 1_000 };
                break;
            case Domain.RoomEvent.HostReturned:
                message.HostReturned = new V1.HostReturned();
                break;
            case Domain.RoomEvent.Ended ended:
                message.RoomEnded = new RoomEnded { Reason = (V1.RoomEndReason)ended.Reason };
                break;
            case Domain.RoomEvent.Decided or Domain.RoomEvent.SuppressionChanged or Domain.RoomEvent.AskedToUnmute:
                break;
            default:
                message.RoomChanged = AsOf(room, numbered);
                break;
        }

        return message;
    }

    private static V1.Room AsOf(V1.Room room, NumberedEvent numbered)
    {
        if (room.Version == (ulong)numbered.Number)
        {
            return room;
        }

        var then = room.Clone();
        then.Version = (ulong)numbered.Number;
        return then;
    }
}
