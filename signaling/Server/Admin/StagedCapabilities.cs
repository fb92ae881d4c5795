using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Accounts;

namespace Spaces.Signaling.Server.Admin;

/// <summary>What the rules say about somebody's doing one thing.</summary>
internal sealed record JudgedCapability(Capability Capability, CapabilityVerdict Verdict);

/// <summary>Asks the operator's rules about people, with everything that is known of them.</summary>
internal sealed class StagedCapabilities(RulesInForce rulesInForce, AccountBook accounts, TimeProvider time)
    : ICapabilities
{
    public async ValueTask<CapabilityVerdict> MayAsync(
        Capability capability,
        AccountFacts facts,
        CancellationToken cancellationToken
    )
    {
        var rules = (await rulesInForce.GetAsync(cancellationToken)).Rules;
        if (!rules.HasRulesFor(capability))
        {
            return CapabilityVerdict.Open;
        }

        try
        {
            var known = await accounts.FactsAsync(facts, cancellationToken);
            return rules.Decide(capability, known, time.GetUtcNow());
        }
        catch (RoomStoreUnavailableException)
        {
            // What the token claims is enough to let somebody in while the store is away, not to keep them out.
            var verdict = rules.Decide(capability, facts, time.GetUtcNow());
            if (!verdict.IsAllowed)
            {
                throw;
            }

            return verdict;
        }
    }

    /// <summary>A verdict for each capability, of one and the same moment.</summary>
    public async ValueTask<IReadOnlyList<JudgedCapability>> AllAsync(
        AccountFacts facts,
        CancellationToken cancellationToken
    )
    {
        var rules = (await rulesInForce.GetAsync(cancellationToken)).Rules;
        var known = rules.Stages.IsEmpty ? facts : await accounts.FactsAsync(facts, cancellationToken);
        return Decide(rules, known, time.GetUtcNow());
    }

    /// <summary>A verdict for each capability by any rules.</summary>
    public static IReadOnlyList<JudgedCapability> Decide(
        CapabilityRules rules,
        AccountFacts facts,
        DateTimeOffset now
    ) =>
        [
            .. Enum.GetValues<Capability>()
                .Select(capability => new JudgedCapability(capability, rules.Decide(capability, facts, now))),
        ];
}
