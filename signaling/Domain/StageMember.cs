namespace Spaces.Signaling.Domain;

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
