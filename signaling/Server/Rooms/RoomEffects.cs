using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Media;
using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;
using RoomEvent = Spaces.Signaling.Domain.RoomEvent;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// Carries out on this node what happened in a room, whichever node decided it: permissions on the media node, and the
/// end of connections.
/// </summary>
internal sealed class RoomEffects(RoomDirectory rooms, ParticipantMedia media, ILogger<RoomEffects> logger)
    : IRoomObserver
{
    public void Followed(LiveRoom room, Room before, NumberedEvent happened)
    {
        switch (happened.Event)
        {
            case RoomEvent.StageChanged changed:
                room.People.Find(changed.Member.Person.Id)?.Muted = changed.Member.Person.Muted;
                Settle(room, changed.Member.Person.Id);
                break;
            case RoomEvent.StageLeft left:
                Settle(room, left.Participant);
                break;
            case RoomEvent.HostChanged or RoomEvent.HostReturned or RoomEvent.WentListenOnly:
                SettleSpeakers(room);
                break;
            case RoomEvent.Removed removed:
                SendOut(room, room.People.Find(removed.Participant), GoodbyeReason.Removed);
                break;
            case RoomEvent.Banned banned:
                SendOut(room, room.People.Find(banned.Identity), GoodbyeReason.Banned);
                break;
            case RoomEvent.Ended:
                EndHere(room);
                break;
            default:
                break;
        }
    }

    public void Jumped(LiveRoom room, Room before)
    {
        if (room.IsOver)
        {
            EndHere(room);
            return;
        }

        foreach (var participant in room.People.All)
        {
            participant.Muted = room.Current.OnStage(participant.Id)?.Person.Muted ?? participant.Muted;
            _ = media.SettleLaterAsync(room, participant);
        }
    }

    private void Settle(LiveRoom room, ParticipantId id)
    {
        if (room.People.Find(id) is { } participant)
        {
            _ = media.SettleLaterAsync(room, participant);
        }
    }

    private void SettleSpeakers(LiveRoom room)
    {
        foreach (var member in room.Current.Stage.Where(member => member.MaySpeak))
        {
            Settle(room, member.Person.Id);
        }
    }

    /// <summary>Ends somebody's stay: nothing of it can be resumed.</summary>
    private void SendOut(LiveRoom room, Rooms.Participant? participant, GoodbyeReason reason)
    {
        if (participant is null || !room.People.Remove(participant))
        {
            return;
        }

        room.AttendanceChanged();
        participant.Connection?.End(
            reason,
            GoodbyeAction.Stop,
            reason == GoodbyeReason.Banned ? "You may not be in this room any more." : "You were sent out of the room."
        );
        participant.Connection = null;
        SignalingLog.Left(logger, room.Id, participant.Id);
        _ = media.CloseAsync(participant);
    }

    private void EndHere(LiveRoom room)
    {
        Rooms.Participant[] people = [.. room.People.All];
        foreach (var participant in people)
        {
            if (participant != room.AnsweredApart)
            {
                participant.Connection?.End(GoodbyeReason.RoomEnded, GoodbyeAction.Stop, "The room has ended.");
            }

            participant.Connection = null;
            room.People.Forget(participant);
        }

        room.AttendanceChanged();
        rooms.Remove(room);
        SignalingLog.RoomEnded(logger, room.Id);
        room.Closing = media.CloseRoomAsync(room, people);
    }
}
