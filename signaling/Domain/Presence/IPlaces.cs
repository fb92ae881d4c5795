using System.Collections.Immutable;

namespace Spaces.Signaling.Domain.Presence;

/// <summary>
/// Who is in which room, on every node: the roster, and the judge of who looks after whom. Presence, not history.
/// </summary>
/// <remarks>
/// Every implementation passes PresenceContract. Every method may throw <see cref="RoomStoreUnavailableException"/>;
/// what was asked for may have happened all the same, and asking again is safe.
/// </remarks>
public interface IPlaces
{
    /// <summary>The places of these people, in the order asked; null for who has none.</summary>
    ValueTask<ImmutableArray<Place?>> FindAsync(
        RoomId room,
        IReadOnlyList<ParticipantId> participants,
        CancellationToken cancellationToken
    );

    ValueTask<Place?> FindAsync(RoomId room, Identity identity, CancellationToken cancellationToken);

    /// <summary>Claims a place for <see cref="Place.Node"/>; of two claims the later one wins.</summary>
    ValueTask<ClaimOutcome> ClaimAsync(RoomId room, Place wanted, ClaimKind kind, CancellationToken cancellationToken);

    /// <summary>
    /// Writes what has changed about people, and lets go of those who left, where the fence is still theirs.
    /// </summary>
    /// <returns>Those of <paramref name="changed"/> whose place is another's by now, or gone.</returns>
    ValueTask<ImmutableArray<ParticipantId>> ChangeAsync(
        RoomId room,
        IReadOnlyList<Place> changed,
        IReadOnlyList<Place> left,
        CancellationToken cancellationToken
    );

    /// <summary>In order, those whose <see cref="Place.Order"/> is higher.</summary>
    ValueTask<ImmutableArray<Place>> PageAsync(
        RoomId room,
        long afterOrder,
        int count,
        CancellationToken cancellationToken
    );
}
