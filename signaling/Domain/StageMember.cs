namespace Spaces.Signaling.Domain;

/// <summary>Somebody who is in the room, as the caller knows them; listeners are known to nobody else.</summary>
/// <param name="Id">Stays the same while the person drops out and resumes.</param>
/// <param name="Identity">The account.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="MediaId">The CSRC of what they say.</param>
/// <param name="Muted">True while nothing of theirs is forwarded.</param>
/// <param name="Anonymous">Has no account; may only listen, where the room allows it.</param>
public sealed record Person(
    ParticipantId Id,
    Identity Identity,
    string Name,
    MediaId MediaId,
    bool Muted,
    bool Anonymous = false
);

/// <summary>
/// Somebody on the stage list: host, co-host, speaker, a listener who asks or is invited to speak; in a room with a
/// limit on people, every listener.
/// </summary>
/// <param name="Person">Who it is; muted for as long as they are suppressed.</param>
/// <param name="Role">What they are.</param>
/// <param name="HandRaised">Asks to speak; only listeners do.</param>
/// <param name="Connected">False while the connection is lost and the person may still resume.</param>
/// <param name="HandNumber">Orders the queue: the number of the event that raised the hand; 0 without.</param>
/// <param name="Invited">A listener who has been invited to speak and has not answered.</param>
/// <param name="Suppressed">A host muted them, and they cannot unmute themselves.</param>
/// <param name="Turn">The time they have to speak; null for no limit.</param>
public sealed record StageMember(
    Person Person,
    Role Role,
    bool HandRaised,
    bool Connected,
    long HandNumber = 0,
    bool Invited = false,
    bool Suppressed = false,
    Turn? Turn = null
)
{
    /// <summary>The role allows it; <see cref="Room.MaySpeak"/> says whether the room does, too.</summary>
    public bool MaySpeak => Role != Role.Listener;

    /// <summary>With the word; in a room with turns theirs begins with the next event.</summary>
    internal StageMember AsSpeaker(Room room) =>
        AsListener() with
        {
            Role = Role.Speaker,
            Turn = room.Policy.TurnSeconds > 0 ? new Turn(room.Version + 1, room.Policy.TurnSeconds) : null,
        };

    /// <summary>Host or co-host: no turn, no hand, nothing that holds them back.</summary>
    internal StageMember AsHost(Role role) => AsListener() with { Role = role, Suppressed = false };

    internal StageMember AsListener() =>
        this with
        {
            Role = Role.Listener,
            HandRaised = false,
            HandNumber = 0,
            Invited = false,
            Turn = null,
        };

    internal StageMember AsSuppressed(bool suppressed) =>
        this with
        {
            Suppressed = suppressed,
            Person = suppressed ? Person with { Muted = true } : Person,
        };
}

/// <summary>A speaker's time. Whoever commits the event that began it keeps the timer.</summary>
/// <param name="Number">The number of that event, so that a late timer never ends a later turn.</param>
/// <param name="Seconds">How long it lasts.</param>
public sealed record Turn(long Number, int Seconds);

/// <summary>The host is gone. Whoever commits the event that says so keeps the timer.</summary>
/// <param name="Number">The number of that event, so that a late timer never ends a later grace.</param>
/// <param name="GraceSeconds">How long the room waits.</param>
public sealed record HostAbsence(long Number, int GraceSeconds);

/// <summary>Who asks: an account, and whether its token makes it an administrator of this room.</summary>
/// <param name="Identity">The account; empty for the system.</param>
/// <param name="IsAdministrator">Holds a token with the grant <c>admin</c>.</param>
/// <param name="IsSystem">Not a person: suspension, takedown, time.</param>
public readonly record struct Actor(Identity Identity, bool IsAdministrator = false, bool IsSystem = false)
{
    public static Actor System { get; } = new(new Identity(""), IsSystem: true);
}

/// <summary>
/// The decision on whether an account may speak; it outlives the account's stay and beats its token.
/// </summary>
/// <param name="Identity">The account.</param>
/// <param name="Role">Speaker: given the word. Listener: it was taken.</param>
/// <param name="TurnOver">It was taken because the turn is over: the account may ask again like anybody.</param>
public sealed record RoleDecision(Identity Identity, Role Role, bool TurnOver = false);

/// <summary>An account that may not enter, for the life of the room.</summary>
/// <param name="Name">As it was shown when the account was banned; empty if it cannot be shown.</param>
/// <param name="By">Who banned it; empty for the system.</param>
/// <param name="At">When.</param>
public sealed record Ban(string Name, Identity By, DateTimeOffset At);

/// <summary>A post from elsewhere that a speaker shared with the room.</summary>
/// <param name="Number">Names it: the number of the event that shared it.</param>
/// <param name="Url">Where it is, https.</param>
/// <param name="Author">Whose it is, as people read it.</param>
/// <param name="Text">What it says.</param>
/// <param name="SharedBy">The account that shared it.</param>
/// <param name="SharedByName">Its name, as it was shown.</param>
/// <param name="SharedAt">When.</param>
public sealed record Post(
    long Number,
    string Url,
    string Author,
    string Text,
    Identity SharedBy,
    string SharedByName,
    DateTimeOffset SharedAt
);
