namespace Spaces.Signaling.Domain;

/// <summary>What somebody, or time itself, asks of a room. Closed: the cases below are all there are.</summary>
/// <remarks>
/// A <see cref="Person"/> is somebody in the room, as their node knows them; an <see cref="Identity"/> is an account,
/// in the room or not.
/// </remarks>
/// <param name="At">When it was asked; becomes the time of the events it leads to.</param>
public abstract record RoomCommand(DateTimeOffset At)
{
    /// <summary>Opens the room, live at once.</summary>
    public sealed record Open(string Title, Identity Host, string HostName, DateTimeOffset At) : RoomCommand(At)
    {
        public string Description { get; init; } = "";
        public ValueList<string> Topics { get; init; } = [];
        public RoomPolicy Policy { get; init; } = RoomPolicy.Default;
    }

    /// <summary>Announces the room for later; <see cref="Start"/> makes it live.</summary>
    public sealed record Schedule(
        string Title,
        Identity Host,
        string HostName,
        DateTimeOffset StartsAt,
        DateTimeOffset At
    ) : RoomCommand(At)
    {
        public string Description { get; init; } = "";
        public ValueList<string> Topics { get; init; } = [];
        public RoomPolicy Policy { get; init; } = RoomPolicy.Default;
    }

    public sealed record Start(Actor Actor, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Null leaves a field as it is; the start can be moved while the room is scheduled.</summary>
    public sealed record Edit(Actor Actor, DateTimeOffset At) : RoomCommand(At)
    {
        public string? Title { get; init; }
        public string? Description { get; init; }
        public ValueList<string>? Topics { get; init; }
        public DateTimeOffset? StartsAt { get; init; }
    }

    public sealed record ChangePolicy(Actor Actor, RoomPolicyChange Change, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Ends the room for everybody; cancels a scheduled one.</summary>
    /// <param name="Actor">Who asks.</param>
    /// <param name="At">When.</param>
    /// <param name="Reason">Administrators and the system may say why: suspended or taken down.</param>
    public sealed record End(Actor Actor, DateTimeOffset At, RoomEndReason? Reason = null) : RoomCommand(At);

    /// <summary>
    /// Nobody has been here for the time the operator allows; of a scheduled room, it was never started.
    /// </summary>
    public sealed record Expire(DateTimeOffset At) : RoomCommand(At);

    /// <summary>Comes in, again after a takeover, or back after a lost connection.</summary>
    /// <param name="Person">Who comes; the id of the stay they already have, if any.</param>
    /// <param name="TokenMaySpeak">The token vouches for the person as a speaker.</param>
    /// <param name="At">When.</param>
    public sealed record Enter(Person Person, bool TokenMaySpeak, DateTimeOffset At) : RoomCommand(At)
    {
        /// <summary>The account follows the host: asked of those who enter a room for followers.</summary>
        public bool FollowsHost { get; init; }

        /// <summary>Holds a token with the grant <c>admin</c>: comes in early, and where only followers may.</summary>
        public bool IsAdministrator { get; init; }

        /// <summary>A publisher by WHIP: refused where others would come in as listeners.</summary>
        public bool MustSpeak { get; init; }
    }

    /// <summary>Goes for good.</summary>
    public sealed record Leave(ParticipantId Participant, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Lost the connection and may still resume.</summary>
    public sealed record LoseConnection(ParticipantId Participant, DateTimeOffset At) : RoomCommand(At);

    /// <summary>The host has been gone for the grace.</summary>
    /// <param name="Absence">The <see cref="HostAbsence.Number"/> that the timer was set for.</param>
    /// <param name="Present">The <see cref="Room.Heirs"/> who are in the room, connected; co-hosts are known.</param>
    /// <param name="At">When.</param>
    public sealed record HostGraceOver(long Absence, ValueList<Person> Present, DateTimeOffset At) : RoomCommand(At);

    /// <summary>A speaker's time is over.</summary>
    /// <param name="Participant">The speaker.</param>
    /// <param name="Turn">The <see cref="Domain.Turn.Number"/> that the timer was set for.</param>
    /// <param name="At">When.</param>
    public sealed record TurnOver(ParticipantId Participant, long Turn, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Mutes or unmutes oneself; <see cref="Person.Muted"/> of the actor is the state before.</summary>
    public sealed record Mute(Person Person, bool Muted, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Asks to speak, or stops asking.</summary>
    public sealed record RaiseHand(Person Person, bool Raised, DateTimeOffset At) : RoomCommand(At)
    {
        /// <summary>The host follows the account.</summary>
        public bool FollowedByHost { get; init; }
    }

    public sealed record LowerHand(Actor Actor, ParticipantId Target, DateTimeOffset At) : RoomCommand(At);

    public sealed record LowerAllHands(Actor Actor, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Gives the right to speak, which accepts a raised hand, or takes it.</summary>
    public sealed record ChangeRole(Actor Actor, Person Target, Role Role, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Decides as what an account will come in; as <see cref="ChangeRole"/> if it is on stage.</summary>
    public sealed record DecideRole(Actor Actor, Identity Target, Role Role, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Asks a listener onto the stage; who has the hand up gets the word at once.</summary>
    public sealed record InviteToSpeak(Actor Actor, Person Target, DateTimeOffset At) : RoomCommand(At);

    public sealed record WithdrawInvitation(Actor Actor, ParticipantId Target, DateTimeOffset At) : RoomCommand(At);

    public sealed record AnswerInvitation(Person Person, bool Accepted, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Never unmutes anybody: only the person does.</summary>
    public sealed record AskToUnmute(Actor Actor, ParticipantId Target, DateTimeOffset At) : RoomCommand(At);

    public sealed record MuteOther(Actor Actor, ParticipantId Target, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Mutes everybody but host and co-hosts.</summary>
    public sealed record MuteAll(Actor Actor, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Mutes a speaker who then cannot unmute, also after coming back; or lifts that.</summary>
    public sealed record Suppress(Actor Actor, Identity Target, bool Suppressed, DateTimeOffset At) : RoomCommand(At);

    /// <param name="Actor">Who asks.</param>
    /// <param name="Target">The account; it need not be in the room.</param>
    /// <param name="Name">As people read it.</param>
    /// <param name="Present">The person, if in the room.</param>
    /// <param name="At">When.</param>
    public sealed record AppointCoHost(Actor Actor, Identity Target, string Name, Person? Present, DateTimeOffset At)
        : RoomCommand(At);

    /// <summary>Makes a co-host a speaker.</summary>
    public sealed record DismissCoHost(Actor Actor, Identity Target, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Makes somebody in the room its host, and the host a co-host.</summary>
    public sealed record HandOver(Actor Actor, Person Target, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Who takes over when the host has gone and no co-host is there, in this order.</summary>
    public sealed record SetHeirs(Actor Actor, ValueList<Identity> Heirs, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Sends somebody out, who may come back as a listener.</summary>
    public sealed record Remove(Actor Actor, Person Target, DateTimeOffset At) : RoomCommand(At);

    /// <summary>Keeps an account out for the life of the room.</summary>
    public sealed record Ban(Actor Actor, Identity Target, string Name, DateTimeOffset At) : RoomCommand(At);

    public sealed record Unban(Actor Actor, Identity Target, DateTimeOffset At) : RoomCommand(At);

    public sealed record SharePost(Actor Actor, string Url, string Author, string Text, DateTimeOffset At)
        : RoomCommand(At);

    public sealed record TakeDownPost(Actor Actor, long Number, DateTimeOffset At) : RoomCommand(At);
}
