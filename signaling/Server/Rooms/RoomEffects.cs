using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Media;
using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;
using RoomEvent = Spaces.Signaling.Domain.RoomEvent;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// Carries out on this node what happened in a room, whichever node decided it: permissions on the media node, and the
/// end of stays and connections.
/// </summary>
/// <remarks>
/// The one place where a decision about somebody takes hold, so that it does on every way in and on every node. Whoever
/// gave the command waits for what is begun here.
/// </remarks>
internal sealed class RoomEffects(
    RoomDirectory rooms,
    Departure departure,
    ParticipantMedia media,
    RoomPeople people,
    ILogger<RoomEffects> logger
) : IRoomObserver
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
            case RoomEvent.Removed removed:
                SendOut(room, removed.Participant, Removal.Of(removed));
                break;
            case RoomEvent.Banned banned:
                SendOut(room, banned);
                break;
            case RoomEvent.AskedToUnmute asked:
                Ask(room, asked);
                break;
            case RoomEvent.Ended:
                EndHere(room);
                break;
            default:
                SettleStageIfHeardAgain(room, before);
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

        foreach (var participant in room.People.All.ToArray())
        {
            if (room.Current.Bans.ContainsKey(participant.Identity))
            {
                room.AddEffect(() => departure.SendOutAsync(room, participant, Removal.Banned));
                continue;
            }

            participant.Muted = room.Current.OnStage(participant.Id)?.Person.Muted ?? participant.Muted;
            Settle(room, participant.Id);
        }
    }

    private void Settle(LiveRoom room, ParticipantId id)
    {
        if (room.People.Find(id) is { } participant)
        {
            room.AddEffect(() => media.SettleOrGoOnAsync(room, participant));
        }
        else
        {
            room.AddEffectElsewhere(() => people.SettleElsewhereAsync(room, id, CancellationToken.None));
        }
    }

    private void SendOut(LiveRoom room, ParticipantId id, Removal removal)
    {
        if (room.People.Find(id) is { } participant)
        {
            room.AddEffect(() => departure.SendOutAsync(room, participant, removal));
        }
        else
        {
            room.AddEffectElsewhere(() => people.SettleElsewhereAsync(room, id, CancellationToken.None));
        }
    }

    private void SendOut(LiveRoom room, RoomEvent.Banned banned)
    {
        if (room.People.Find(banned.Identity) is { } participant)
        {
            SendOut(room, participant.Id, Removal.Of(banned));
        }
        else
        {
            room.AddEffectElsewhere(() => people.SettleElsewhereAsync(room, banned.Identity, CancellationToken.None));
        }
    }

    /// <summary>Told to one person alone; everybody else has a number without content.</summary>
    private static void Ask(LiveRoom room, RoomEvent.AskedToUnmute asked) =>
        room
            .People.Find(asked.Participant)
            ?.Connection?.Send(
                new ServerMessage
                {
                    AskedToUnmute = new AskedToUnmute
                    {
                        ByIdentity = asked.By.Value,
                        ByName =
                            asked.By == room.Current.Host
                                ? room.Current.HostName
                                : room.Current.Stage.Find(asked.By)?.Person.Name ?? "",
                    },
                }
            );

    /// <summary>Everybody on stage is silent while the room only listens.</summary>
    private void SettleStageIfHeardAgain(LiveRoom room, Room before)
    {
        if (before.ListenOnly == room.Current.ListenOnly)
        {
            return;
        }

        foreach (var member in room.Current.Stage.Where(member => member.MaySpeak))
        {
            Settle(room, member.Person.Id);
        }
    }

    private void EndHere(LiveRoom room)
    {
        Rooms.Participant[] here = [.. room.People.All];
        foreach (var participant in here)
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
        room.Closing = media.CloseRoomAsync(room, here);
        room.AddEffect(async () =>
        {
            await room.Closing;
            return null;
        });
    }
}
