using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Limits;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Something beside the room itself that may keep an account out: a block, a suspension, an order.</summary>
internal interface IEntryRule
{
    /// <returns>Null: the account may enter.</returns>
    /// <exception cref="RoomStoreUnavailableException">It cannot be told now.</exception>
    ValueTask<RoomRefusal?> EntryRefusalAsync(Room room, AccountFacts who, CancellationToken cancellationToken);
}

/// <summary>As what somebody may come in, by all that is not the room's to know.</summary>
/// <param name="MaySpeak">The token vouches for them, and the operator's rules let them speak.</param>
/// <param name="FollowsHost">Asked only where the room wants it.</param>
/// <param name="IsAdministrator">By their token; false when they come back, for a resume token does not say.</param>
internal sealed record EntryTerms(bool MaySpeak, bool FollowsHost, bool IsAdministrator)
{
    public RoomCommand.Enter Command(Person person, Participation stay, DateTimeOffset at) =>
        new(person, stay.TokenMaySpeak, at)
        {
            FollowsHost = FollowsHost,
            IsAdministrator = IsAdministrator,
            MustSpeak = stay.Kind == ParticipationKind.Whip,
        };
}

/// <summary>Asks at the door what the room cannot know: the operator's rules, blocks, who follows whom.</summary>
internal sealed class EntryCheck(
    ICapabilities capabilities,
    IAccounts accounts,
    IEnumerable<IEntryRule> rules,
    TimeProvider time
)
{
    /// <summary>Coming in costs everybody something: a media session, places among all nodes.</summary>
    public static readonly RateLimit JoinLimit = new(Burst: 30, TimeSpan.FromSeconds(1));

    private readonly RateLimiter _joins = new(JoinLimit, time);

    public async Task<Outcome<EntryTerms>> EnterAsync(LiveRoom room, Entry entry, CancellationToken cancellationToken)
    {
        var token = entry.Token;
        if (!_joins.TryTake(token.Identity.Value, out var retryAfter))
        {
            return new Refusal(
                StatusCode.ResourceExhausted,
                "This account joins too often. Wait a moment, and stay when you are in.",
                retryAfter
            );
        }

        try
        {
            if (await RefusalAsync(room.Current, token.Facts, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var speak =
                token.Grants.Speak
                && (await capabilities.MayAsync(Capability.Speak, token.Facts, cancellationToken)).IsAllowed;
            var follows = await FollowsHostAsync(room.Current, token.Identity, cancellationToken);
            return new EntryTerms(speak, follows, token.ActorIn(room.Id).IsAdministrator);
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>Somebody comes back: what was allowed stays so, unless a rule forbids it.</summary>
    public async Task<Outcome<EntryTerms>> ResumeAsync(
        LiveRoom room,
        Participation stay,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var facts = stay.Facts ?? new AccountFacts(new Identity(stay.Identity));
            return await RefusalAsync(room.Current, facts, cancellationToken) is { } refusal
                ? refusal
                : new EntryTerms(stay.TokenMaySpeak, FollowsHost: true, IsAdministrator: false);
        }
        catch (RoomStoreUnavailableException)
        {
            // Who was in the room stays in it while the rules cannot be read.
            return new EntryTerms(stay.TokenMaySpeak, FollowsHost: true, IsAdministrator: false);
        }
    }

    private async Task<Refusal?> RefusalAsync(Room room, AccountFacts facts, CancellationToken cancellationToken)
    {
        var verdict = await capabilities.MayAsync(Capability.Listen, facts, cancellationToken);
        if (verdict.Refusal is { } refusal)
        {
            return Refusal.Of(refusal);
        }

        foreach (var rule in rules)
        {
            if (await rule.EntryRefusalAsync(room, facts, cancellationToken) is { } kept)
            {
                return Refusal.Of(kept);
            }
        }

        return null;
    }

    private async Task<bool> FollowsHostAsync(Room room, Identity identity, CancellationToken cancellationToken) =>
        room.Policy.Visibility == RoomVisibility.Followers
        && await accounts.FollowsAsync(identity, room.Host, cancellationToken);
}
