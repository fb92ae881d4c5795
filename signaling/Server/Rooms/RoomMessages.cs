using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>The domain in the words of the protocol.</summary>
internal static class RoomMessages
{
    public static V1.Room Describe(Domain.Room room, uint speakers, uint listeners) =>
        new()
        {
            Id = room.Id.Value,
            Title = room.Title,
            State = (V1.RoomState)room.State,
            HostIdentity = room.Host.Value,
            HostName = room.HostName,
            CreatedAt = room.CreatedAt.ToTimestamp(),
            EndedAt = room.EndedAt?.ToTimestamp(),
            Version = (ulong)room.Version,
            SpeakerCount = speakers,
            ListenerCount = listeners,
        };

    public static RoomSnapshot Snapshot(Domain.Room room, uint speakers, uint listeners) =>
        new() { Room = Describe(room, speakers, listeners), Stage = { room.Stage.Select(Describe) } };

    public static V1.Participant Describe(StageMember member) =>
        Describe(member.Person, member.Role, member.HandRaised, member.Connected);

    /// <summary>Somebody in the room, on stage or not.</summary>
    public static V1.Participant Describe(Domain.Room room, Participant participant) =>
        room.OnStage(participant.Id) is { } member
            ? Describe(member)
            : Describe(participant.Person, Domain.Role.Listener, handRaised: false, participant.LostAt is null);

    /// <param name="numbered">The event.</param>
    /// <param name="room">The room now, for events that tell of it.</param>
    public static V1.RoomEvent Event(NumberedEvent numbered, V1.Room room)
    {
        var message = new V1.RoomEvent { Number = (ulong)numbered.Number, At = numbered.Event.At.ToTimestamp() };
        switch (numbered.Event)
        {
            case Domain.RoomEvent.Opened opened:
                message.RoomChanged = AsOf(room, numbered, opened.Title);
                break;
            case Domain.RoomEvent.TitleChanged changed:
                message.RoomChanged = AsOf(room, numbered, changed.Title);
                break;
            case Domain.RoomEvent.Edited edited:
                message.RoomChanged = AsOf(room, numbered, edited.Title);
                break;
            case Domain.RoomEvent.StageChanged changed:
                message.ParticipantChanged = Describe(changed.Member);
                break;
            case Domain.RoomEvent.StageLeft left:
                message.ParticipantGone = new ParticipantGone { ParticipantId = left.Participant.Value };
                break;
            case Domain.RoomEvent.Ended ended:
                message.RoomEnded = new RoomEnded { Reason = (V1.RoomEndReason)ended.Reason };
                break;
            default:
                message.RoomChanged = AsOf(room, numbered, room.Title);
                break;
        }

        return message;
    }

    private static V1.Participant Describe(Person person, Domain.Role role, bool handRaised, bool connected) =>
        new()
        {
            Id = person.Id.Value,
            Identity = person.Identity.Value,
            Name = person.Name,
            Role = (V1.Role)role,
            Muted = person.Muted,
            HandRaised = handRaised,
            MediaId = person.MediaId.Value,
            Connected = connected,
        };

    private static V1.Room AsOf(V1.Room room, NumberedEvent numbered, string title)
    {
        var then = room.Clone();
        then.Title = title;
        then.Version = (ulong)numbered.Number;
        return then;
    }
}
