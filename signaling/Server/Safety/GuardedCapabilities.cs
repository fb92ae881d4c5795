using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;

namespace Spaces.Signaling.Server.Safety;

/// <summary>
/// Asks before the rules of the rollout whether the operator forbids somebody the whole service: so it is asked
/// wherever anybody opens, starts or enters a room, or is to be heard.
/// </summary>
internal sealed class GuardedCapabilities(
    ICapabilities rules,
    RestrictionsInForce restrictionsInForce,
    FactsOfPeople people
) : ICapabilities
{
    public async ValueTask<CapabilityVerdict> MayAsync(
        Capability capability,
        AccountFacts facts,
        CancellationToken cancellationToken
    )
    {
        var restrictions = await restrictionsInForce.GetAsync(cancellationToken);
        if (!restrictions.IsEmpty)
        {
            var complete = await people.CompleteAsync(restrictions, facts, cancellationToken);
            if (restrictions.Refusal(complete) is { } refusal)
            {
                return new CapabilityVerdict(null, refusal);
            }
        }

        return await rules.MayAsync(capability, facts, cancellationToken);
    }
}
