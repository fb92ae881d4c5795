namespace Spaces.Signaling.Domain;

/// <summary>
/// What happened in a room; the only thing that changes its state. Closed, and stored: names are for ever.
/// </summary>
public abstract record RoomEvent(DateTimeOffset At)
{
    public sealed record Opened(string Title, Identity Host, string HostName, DateTimeOffset At) : RoomEvent(At);

    public sealed record TitleChanged(string Title, DateTimeOffset At) : RoomEvent(At);

    /// <summary>Somebody on stage is new or changed; takes the place of the entry with the same id.</summary>
    public sealed record StageChanged(StageMember Member, RoleDecision? Decision, DateTimeOffset At) : RoomEvent(At);

    /// <summary>Somebody is no longer on stage: left, lowered the hand, or is a listener again.</summary>
    public sealed record StageLeft(ParticipantId Participant, RoleDecision? Decision, DateTimeOffset At)
        : RoomEvent(At);

    public sealed record Ended(RoomEndReason Reason, DateTimeOffset At) : RoomEvent(At);
}

/// <summary>An event and its number in the room's gap-free log, from 1.</summary>
public readonly record struct NumberedEvent(long Number, RoomEvent Event);
