using System.Collections.Immutable;

namespace Spaces.Signaling.Domain.Accounts;

/// <summary>The people, as the operator's own system wrote them, and who follows whom.</summary>
/// <remarks>Every method may throw <see cref="RoomStoreUnavailableException"/>: the store did not answer.</remarks>
public interface IAccounts
{
    /// <summary>Null when nothing was written about the account.</summary>
    ValueTask<Account?> FindAsync(Identity identity, CancellationToken cancellationToken);

    ValueTask<bool> FollowsAsync(Identity follower, Identity followee, CancellationToken cancellationToken);

    /// <summary>Those of <paramref name="candidates"/> whom <paramref name="follower"/> follows.</summary>
    ValueTask<ImmutableHashSet<Identity>> FollowedAmongAsync(
        Identity follower,
        IReadOnlyCollection<Identity> candidates,
        CancellationToken cancellationToken
    );

    /// <summary>Whom somebody follows, by identity; pages.</summary>
    /// <param name="follower">Who follows.</param>
    /// <param name="after">The last of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<ImmutableArray<Identity>> FollowingAsync(
        Identity follower,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Who follows somebody; pages as in <see cref="FollowingAsync"/>.</summary>
    ValueTask<ImmutableArray<Identity>> FollowersAsync(
        Identity followee,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    );
}
