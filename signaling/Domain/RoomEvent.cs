namespace Spaces.Signaling.Domain;

/// <summary>
/// What happened in a room; the only thing that changes its state. Closed, and stored: names are for ever.
/// </summary>
public abstract record RoomEvent(DateTimeOffset At)
{
    public sealed record Opened(string Title, Identity Host, string HostName, DateTimeOffset At) : RoomEvent(At)
    {
        public string Description { get; init; } = "";
        public ValueList<string> Topics { get; init; } = [];
        public RoomPolicy Policy { get; init; } = RoomPolicy.Default;
    }

    public sealed record Scheduled(
        string Title,
        Identity Host,
        string HostName,
        DateTimeOffset StartsAt,
        string Description,
        ValueList<string> Topics,
        RoomPolicy Policy,
        DateTimeOffset At
    ) : RoomEvent(At);

    /// <summary>A scheduled room is live.</summary>
    public sealed record Started(DateTimeOffset At) : RoomEvent(At);

    /// <summary>Written before rooms had more than a title; <see cref="Edited"/> takes its place.</summary>
    public sealed record TitleChanged(string Title, DateTimeOffset At) : RoomEvent(At);

    /// <summary>All four as they now are.</summary>
    public sealed record Edited(
        string Title,
        string Description,
        ValueList<string> Topics,
        DateTimeOffset? StartsAt,
        DateTimeOffset At
    ) : RoomEvent(At);

    /// <summary>The whole policy as it now is.</summary>
    public sealed record PolicyChanged(RoomPolicy Policy, DateTimeOffset At) : RoomEvent(At);

    /// <summary>Somebody on stage is new or changed; takes the place of the entry with the same id.</summary>
    public sealed record StageChanged(StageMember Member, RoleDecision? Decision, DateTimeOffset At) : RoomEvent(At);

    /// <summary>Somebody is no longer on stage: left, lowered the hand, or is a listener again.</summary>
    public sealed record StageLeft(ParticipantId Participant, RoleDecision? Decision, DateTimeOffset At) : RoomEvent(At)
    {
        public StageLeaveReason Reason { get; init; }
    }

    /// <summary>An account that is not on stage was given the word, or it was taken.</summary>
    public sealed record Decided(RoleDecision Decision, DateTimeOffset At) : RoomEvent(At);

    /// <summary>Muted and unable to unmute, or free again; the stage entry, if any, follows by itself.</summary>
    public sealed record SuppressionChanged(Identity Identity, string Name, bool Suppressed, DateTimeOffset At)
        : RoomEvent(At);

    /// <summary>Meant for one person; changes nothing.</summary>
    public sealed record AskedToUnmute(ParticipantId Participant, Identity By, DateTimeOffset At) : RoomEvent(At);

    /// <summary>All co-hosts as they now are, in the order they were appointed.</summary>
    public sealed record CoHostsChanged(ValueList<Identity> CoHosts, DateTimeOffset At) : RoomEvent(At);

    /// <summary>All heirs as they now are, the first first.</summary>
    public sealed record HeirsChanged(ValueList<Identity> Heirs, DateTimeOffset At) : RoomEvent(At);

    /// <summary>Another account is host; the stage entries of both follow by themselves.</summary>
    public sealed record HostChanged(Identity Host, string HostName, DateTimeOffset At) : RoomEvent(At);

    /// <summary>The host has gone; the grace begins.</summary>
    public sealed record HostLeft(int GraceSeconds, DateTimeOffset At) : RoomEvent(At);

    /// <summary>The host is back: the grace ends, and so does listening only.</summary>
    public sealed record HostReturned(DateTimeOffset At) : RoomEvent(At);

    /// <summary>Nobody is heard until the host returns or another takes over.</summary>
    public sealed record WentListenOnly(DateTimeOffset At) : RoomEvent(At);

    /// <summary>Somebody was sent out and may come back, as a listener. Every node ends their stay.</summary>
    public sealed record Removed(ParticipantId Participant, Identity Identity, Identity By, DateTimeOffset At)
        : RoomEvent(At);

    /// <summary>The account may not be in the room. Every node ends its stay.</summary>
    public sealed record Banned(Identity Identity, string Name, Identity By, DateTimeOffset At) : RoomEvent(At);

    public sealed record Unbanned(Identity Identity, DateTimeOffset At) : RoomEvent(At);

    public sealed record PostShared(Post Post, DateTimeOffset At) : RoomEvent(At);

    public sealed record PostTakenDown(long Number, Identity By, DateTimeOffset At) : RoomEvent(At);

    public sealed record Ended(RoomEndReason Reason, DateTimeOffset At) : RoomEvent(At);
}

/// <summary>An event and its number in the room's gap-free log, from 1.</summary>
public readonly record struct NumberedEvent(long Number, RoomEvent Event);
