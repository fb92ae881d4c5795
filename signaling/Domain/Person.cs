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
