namespace Spaces.Signaling.Domain;

/// <summary>What somebody, or time itself, asks of a room. Closed: the cases below are all there are.</summary>
/// <param name="At">When it was asked; becomes the time of the events it leads to.</param>
public abstract record RoomCommand(DateTimeOffset At)
{
    /// <summary>Opens the room, live at once.</summary>
    public sealed record Open(string Title, Identity Host, string HostName, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Comes in, again after a takeover, or back after a lost connection.</summary>
    /// <param name="Person">Who comes; the id of the stay they already have, if any.</param>
    /// <param name="TokenMaySpeak">The token vouches for the person as a speaker.</param>
    /// <param name="At">When.</param>
    public sealed record Enter(Person Person, bool TokenMaySpeak, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Goes for good.</summary>
    public sealed record Leave(ParticipantId Participant, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Lost the connection and may still resume.</summary>
    public sealed record LoseConnection(ParticipantId Participant, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Mutes or unmutes oneself; <see cref="Person.Muted"/> of the actor is the state before.</summary>
    public sealed record Mute(Person Person, bool Muted, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Asks to speak, or stops asking.</summary>
    public sealed record RaiseHand(Person Person, bool Raised, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Gives or takes the right to speak.</summary>
    public sealed record ChangeRole(Actor Actor, Person Target, Role Role, DateTimeOffset At) : RoomCommand(At);

    public sealed record ChangeTitle(Actor Actor, string Title, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Ends the room for everybody.</summary>
    public sealed record End(Actor Actor, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Nobody has been here for the time the operator allows.</summary>
    public sealed record Expire(DateTimeOffset At) : RoomCommand(At);
}
