namespace Spaces.Signaling.Domain;

/// <summary>Somebody who is in the room, as the caller knows them; listeners are known to nobody else.</summary>
/// <param name="Id">Stays the same while the person drops out and resumes.</param>
/// <param name="Identity">The account.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="MediaId">The CSRC of what they say.</param>
/// <param name="Muted">True while nothing of theirs is forwarded.</param>
public sealed record Person(ParticipantId Id, Identity Identity, string Name, MediaId MediaId, bool Muted);

/// <summary>Somebody on stage: the host, a speaker, or a listener with a raised hand.</summary>
/// <param name="Person">Who it is.</param>
/// <param name="Role">A listener here has the hand up.</param>
/// <param name="HandRaised">Asks to speak; only listeners do.</param>
/// <param name="Connected">False while the connection is lost and the person may still resume.</param>
public sealed record StageMember(Person Person, Role Role, bool HandRaised, bool Connected)
{
    public bool MaySpeak => Role is Role.Speaker or Role.Host;
}

/// <summary>Who asks: an account, and whether its token makes it an administrator of this room.</summary>
public readonly record struct Actor(Identity Identity, bool IsAdministrator = false);

/// <summary>
/// The host's decision on whether an account may speak; it outlives the account's stay and beats its token.
/// </summary>
public sealed record RoleDecision(Identity Identity, Role Role);
