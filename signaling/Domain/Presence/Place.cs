namespace Spaces.Signaling.Domain.Presence;

/// <summary>Somebody's place in a room as every node knows it: who, and which node looks after them.</summary>
/// <param name="Participant">Stays the same while the person drops out, resumes, or joins again from elsewhere.</param>
/// <param name="Identity">The account; has one place in a room.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="MediaId">No two places of a room have the same.</param>
/// <param name="Muted">As <see cref="Person.Muted"/>.</param>
/// <param name="Stay">Changes when another connection of the same account takes over; a secret.</param>
/// <param name="Node">Looks after them: nobody else touches their media.</param>
/// <param name="Connected">False while the connection is lost and the person may still resume.</param>
/// <param name="Fence">Grows with every change of <see cref="Node"/> or <see cref="Stay"/>: whoever holds a lower one
/// has lost the place. 0: not granted yet.</param>
/// <param name="Order">The order of the roster: by time of joining. 0: not granted yet.</param>
/// <param name="Context">What the node needs to take the person up; opaque here.</param>
public sealed record Place(
    ParticipantId Participant,
    Identity Identity,
    string Name,
    MediaId MediaId,
    bool Muted,
    string Stay,
    NodeName Node,
    bool Connected,
    long Fence,
    long Order,
    string Context
)
{
    public Person Person => new(Participant, Identity, Name, MediaId, Muted);
}

/// <summary>By what right a place is claimed.</summary>
public enum ClaimKind
{
    /// <summary>A new stay: takes the place of an earlier one of the same account.</summary>
    Enter = 1,

    /// <summary>The same stay goes on here; over when there is no such place, or another stay has it.</summary>
    Resume = 2,

    /// <summary>
    /// A person who is here by what this node knows, while the registry may have forgotten or may not have been told:
    /// granted unless somebody newer has the place.
    /// </summary>
    Restore = 3,
}

public enum ClaimVerdict
{
    Granted = 1,

    /// <summary>The account has a place under another participant id.</summary>
    IdentityTaken = 2,

    /// <summary>Somebody else in the room has the media id.</summary>
    MediaIdTaken = 3,

    /// <summary>The place is gone, or another stay has it.</summary>
    StayOver = 4,
}

/// <summary>What became of a claim.</summary>
/// <param name="Verdict">Whether it was granted.</param>
/// <param name="Now">When granted: the place with its fence and its order.</param>
/// <param name="Before">The place as it was before, or the one in the way; null when there was none.</param>
public sealed record ClaimOutcome(ClaimVerdict Verdict, Place? Now, Place? Before);
