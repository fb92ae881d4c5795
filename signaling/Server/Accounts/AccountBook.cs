using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Keeps accounts, and what they are invited to.</summary>
/// <remarks>Every method may throw <see cref="RoomStoreUnavailableException"/>.</remarks>
internal sealed class AccountBook(IRecordStore store, FollowBook follows) : IAccounts
{
    private readonly Records<StoredAccount> _accounts = new(
        store,
        "account",
        new RecordJson<StoredAccount>(AccountJson.Default.StoredAccount, schema: 1)
    );

    private readonly Records<StoredInvited> _invited = new(
        store,
        "invited",
        new RecordJson<StoredInvited>(AccountJson.Default.StoredInvited, schema: 1)
    );

    public async ValueTask<Account?> FindAsync(Identity identity, CancellationToken cancellationToken)
    {
        var found = await _accounts.FindAsync(identity.Value, RecordKey.Only, cancellationToken);
        return found is null ? null : Read(identity, found.Value);
    }

    /// <summary>What counts of somebody: what is written here, then what <paramref name="claimed"/> says.</summary>
    public async ValueTask<AccountFacts> FactsAsync(AccountFacts claimed, CancellationToken cancellationToken)
    {
        var finding = FindAsync(claimed.Identity, cancellationToken).AsTask();
        var invited = await InvitedToAsync(claimed.Identity, cancellationToken);
        return claimed.Under(await finding) with { InvitedTo = invited };
    }

    /// <summary>Writes what <paramref name="change"/> names and leaves the rest; the change was checked.</summary>
    public async ValueTask<Account> UpsertAsync(AccountChange change, CancellationToken cancellationToken)
    {
        var written = await _accounts.UpdateAsync(
            change.Identity.Value,
            RecordKey.Only,
            stored =>
            {
                var before = stored is null ? new Account(change.Identity) : Read(change.Identity, stored);
                var next = Write(before.With(change));
                return next == stored ? stored : next;
            },
            lifetime: null,
            cancellationToken
        );
        return Read(change.Identity, written!.Value);
    }

    /// <summary>Forgets the account itself, and what it was invited to.</summary>
    public async ValueTask DeleteAsync(Identity identity, CancellationToken cancellationToken)
    {
        await _invited.DeleteAsync(identity.Value, RecordKey.Only, cancellationToken);
        await _accounts.DeleteAsync(identity.Value, RecordKey.Only, cancellationToken);
    }

    public async ValueTask<InvitedTo> InvitedToAsync(Identity identity, CancellationToken cancellationToken) =>
        (await _invited.FindAsync(identity.Value, RecordKey.Only, cancellationToken))?.Value.To ?? InvitedTo.Nothing;

    public async ValueTask SetInvitedAsync(
        Identity identity,
        InvitedTo to,
        bool invited,
        CancellationToken cancellationToken
    ) =>
        await _invited.UpdateAsync(
            identity.Value,
            RecordKey.Only,
            stored =>
            {
                var before = stored?.To ?? InvitedTo.Nothing;
                var next = invited ? before | to : before & ~to;
                return next == before ? stored : new StoredInvited(next);
            },
            lifetime: null,
            cancellationToken
        );

    public ValueTask<bool> FollowsAsync(Identity follower, Identity followee, CancellationToken cancellationToken) =>
        follows.FollowsAsync(follower, followee, cancellationToken);

    public ValueTask<ImmutableHashSet<Identity>> FollowedAmongAsync(
        Identity follower,
        IReadOnlyCollection<Identity> candidates,
        CancellationToken cancellationToken
    ) => follows.FollowedAmongAsync(follower, candidates, cancellationToken);

    public ValueTask<ImmutableArray<Identity>> FollowingAsync(
        Identity follower,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    ) => follows.FollowingAsync(follower, after, count, cancellationToken);

    public ValueTask<ImmutableArray<Identity>> FollowersAsync(
        Identity followee,
        Identity? after,
        int count,
        CancellationToken cancellationToken
    ) => follows.FollowersAsync(followee, after, count, cancellationToken);

    private static Account Read(Identity identity, StoredAccount stored) =>
        new(identity, stored.Name, stored.Avatar, stored.Followers, stored.Country, stored.Platform);

    private static StoredAccount Write(Account account) =>
        new(account.Name, account.Avatar, account.Followers, account.Country, account.Platform);
}
