using System.Runtime.CompilerServices;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>What is known of people when it is asked what the operator forbids them.</summary>
internal sealed class FactsOfPeople(IAccounts accounts, TimeProvider time)
{
    /// <summary>What the operator's system writes of somebody inside takes hold within this.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(60);

    private readonly ConditionalWeakTable<Participant, Known> _known = [];

    /// <summary>With the operator's records where something depends on them; the token's claims while those cannot be
    /// read.</summary>
    public async ValueTask<AccountFacts> CompleteAsync(
        Restrictions restrictions,
        AccountFacts claimed,
        CancellationToken cancellationToken
    )
    {
        if (!restrictions.AsksForCountries)
        {
            return claimed;
        }

        try
        {
            return claimed.Under(await accounts.FindAsync(claimed.Identity, cancellationToken));
        }
        catch (RoomStoreUnavailableException)
        {
            return claimed;
        }
    }

    /// <summary>Of somebody inside; from memory but for the first time.</summary>
    public async ValueTask<AccountFacts> OfAsync(
        Restrictions restrictions,
        Participant participant,
        CancellationToken cancellationToken
    )
    {
        var claimed = participant.Participation.Facts ?? new AccountFacts(participant.Identity);
        if (!restrictions.AsksForCountries)
        {
            return claimed;
        }

        if (_known.TryGetValue(participant, out var known) && time.GetElapsedTime(known.ReadAt) < FreshFor)
        {
            return known.Facts;
        }

        var facts = await CompleteAsync(restrictions, claimed, cancellationToken);
        _known.AddOrUpdate(participant, new Known(facts, time.GetTimestamp()));
        return facts;
    }

    private sealed record Known(AccountFacts Facts, long ReadAt);
}
