namespace Spaces.Signaling.Domain;

/// <summary>Who still fits: the limits of a room, and the entry of somebody who comes onto its stage list.</summary>
internal static class RoomPlaces
{
    /// <summary>Ids are the caller's to choose; two people on stage never share one.</summary>
    public static RoomRefusal? Clash(Room room, Person person)
    {
        var stage = room.Stage;
        var isFree =
            person.MediaId.Value != 0
            && (stage.Find(person.Id) is not { } sameId || sameId.Person.Identity == person.Identity)
            && (stage.Find(person.Identity) is not { } sameAccount || sameAccount.Person.Id == person.Id)
            && (stage.Find(person.MediaId) is not { } sameMedia || sameMedia.Person.Id == person.Id);
        return isFree
            ? null
            : new RoomRefusal(
                RefusalCode.InvalidArgument,
                "The media id, the identity or the participant id is taken on this stage. Take another."
            );
    }

    /// <summary>Whether a place for a speaker is free, or theirs already.</summary>
    public static bool HasSeat(Room room, StageMember? present) =>
        present is { MaySpeak: true } || room.SeatsTaken < room.Policy.SpeakersMax;

    public static RoomRefusal? SeatRefusal(Room room, StageMember? present) =>
        HasSeat(room, present)
            ? null
            : new RoomRefusal(
                RefusalCode.ResourceExhausted,
                $"All {room.Policy.SpeakersMax} places for speakers are taken. Wait until one is free."
            );

    /// <summary>A limit on people counts everybody and keeps one place for the host.</summary>
    public static RoomRefusal? PeopleRefusal(Room room, Person person)
    {
        var limit = room.Policy.PeopleMax;
        if (limit == 0 || person.Identity == room.Host || room.OnStage(person.Id) is not null)
        {
            return null;
        }

        var hostsPlace = room.Stage.Find(room.Host) is null ? 1 : 0;
        return room.Stage.Count + hostsPlace < limit
            ? null
            : new RoomRefusal(
                RefusalCode.ResourceExhausted,
                $"The room is full ({limit} people). Try again when somebody has left."
            );
    }

    public static RoomRefusal? ListenersRefusal(Room room) =>
        room.Stage.ListenerCount < Room.StageListenersMax
            ? null
            : new RoomRefusal(
                RefusalCode.ResourceExhausted,
                $"The queue is full ({Room.StageListenersMax} people). Try again when it is shorter."
            );

    public static RoomRefusal? DecisionRefusal(Room room, Identity identity) =>
        FitsDecision(room, identity)
            ? null
            : new RoomRefusal(
                RefusalCode.ResourceExhausted,
                $"This room has decided on {Room.DecisionsMax} people and remembers no more. Ban, or open a new room."
            );

    /// <summary>A decision that no refusal can stand in for: it is dropped when the room remembers no more.</summary>
    public static RoleDecision? IfRemembered(Room room, RoleDecision decision) =>
        FitsDecision(room, decision.Identity) ? decision : null;

    /// <summary>Somebody's entry, the present one or a new one, with what was decided about the account.</summary>
    public static StageMember Entry(Room room, Person person) =>
        room.OnStage(person.Id)
        ?? new StageMember(person, Role.Listener, HandRaised: false, Connected: true).AsSuppressed(
            room.Suppressed.ContainsKey(person.Identity)
        );

    /// <summary>Keeps a listener on the list while there is a reason to, and takes them off it otherwise.</summary>
    public static RoomEvent Listening(
        Room room,
        StageMember listener,
        StageLeaveReason reason,
        RoleDecision? decision,
        DateTimeOffset at
    ) =>
        IsListed(room, listener)
            ? new RoomEvent.StageChanged(listener, decision, at)
            : new RoomEvent.StageLeft(listener.Person.Id, decision, at) { Reason = reason };

    public static bool IsListed(Room room, StageMember listener) =>
        listener.HandRaised || listener.Invited || room.Policy.PeopleMax > 0;

    private static bool FitsDecision(Room room, Identity identity) =>
        room.Decisions.Count < Room.DecisionsMax || room.Decisions.ContainsKey(identity);
}
