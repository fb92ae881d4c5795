using System.Collections.Immutable;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Keeps who follows whom, to be read from either end.</summary>
/// <remarks>
/// A follow is two records, one with each of the two people, since they may lie on different servers of the store. The
/// follower's counts; the other one, for the list of followers, is written before it and removed after it, so that a
/// write that was cut off shows at most somebody among the followers who is not, until the same write is repeated.
/// </remarks>
internal sealed class FollowBook(IRecordStore store)
{
    private const int PageSize = 500;

    private static readonly StoredFollow Follow = new();

    private readonly Records<StoredFollow> _following = new(
        store,
        "following",
        new RecordJson<StoredFollow>(AccountJson.Default.StoredFollow, schema: 1)
    );

    private readonly Records<StoredFollow> _followers = new(
        store,
        "followers",
        new RecordJson<StoredFollow>(AccountJson.Default.StoredFollow, schema: 1)
    );

    public async ValueTask<bool> FollowsAsync(
        Identity follower,
        Identity followee,
        CancellationToken cancellationToken
    ) => await _following.FindAsync(follower.Value, followee.Value, cancellationToken) is not null;

    public async ValueTask<ImmutableHashSet<Identity>> FollowedAmongAsync(
        Identity follower,
        IReadOnlyCollection<Identity> candidates,
        CancellationToken cancellationToken
    )
    {
        RecordKey[] keys =
        [
            .. candidates.Distinct().Select(candidate => _following.Key(follower.Value, candidate.Value)),
        ];
        var found = await _following.FindManyAsync(keys, cancellationToken);
        return [.. found.OfType<Record<StoredFollow>>().Select(record => new Identity(record.Key.Id))];
    }

    public ValueTask<ImmutableArray<Identity>> FollowingAsync(
        Identity follower,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    ) => PageAsync(_following, follower, after, count, cancellationToken);

    public ValueTask<ImmutableArray<Identity>> FollowersAsync(
        Identity followee,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    ) => PageAsync(_followers, followee, after, count, cancellationToken);

    /// <summary>Writes a follow, or that there is none; either may be so already.</summary>
    public async ValueTask SetAsync(
        Identity follower,
        Identity followee,
        bool follows,
        CancellationToken cancellationToken
    )
    {
        if (follows)
        {
            await PutAsync(_followers, followee.Value, follower.Value, cancellationToken);
            await PutAsync(_following, follower.Value, followee.Value, cancellationToken);
            return;
        }

        await _following.DeleteAsync(follower.Value, followee.Value, cancellationToken);
        await _followers.DeleteAsync(followee.Value, follower.Value, cancellationToken);
    }

    /// <summary>Forgets whom somebody follows, and who follows them.</summary>
    /// <returns>How many follows there were.</returns>
    public async ValueTask<int> DeleteAllAsync(Identity identity, CancellationToken cancellationToken)
    {
        var count = 0;
        while (await FollowingAsync(identity, null, PageSize, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var followee in page)
            {
                await SetAsync(identity, followee, follows: false, cancellationToken);
                count++;
            }
        }

        while (await FollowersAsync(identity, null, PageSize, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var follower in page)
            {
                await SetAsync(follower, identity, follows: false, cancellationToken);
                count++;
            }
        }

        return count;
    }

    private static async ValueTask PutAsync(
        Records<StoredFollow> records,
        string partition,
        string id,
        CancellationToken cancellationToken
    ) => await records.UpdateAsync(partition, id, stored => stored ?? Follow, lifetime: null, cancellationToken);

    private static async ValueTask<ImmutableArray<Identity>> PageAsync(
        Records<StoredFollow> records,
        Identity identity,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var page = await records.ListAsync(identity.Value, after?.Value, count, cancellationToken);
        return [.. page.Select(record => new Identity(record.Key.Id))];
    }
}
