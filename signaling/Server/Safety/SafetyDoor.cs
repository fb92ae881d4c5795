using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Keeps out of a room whom the operator forbids it, and whom its host has blocked.</summary>
internal sealed class SafetyDoor(RestrictionsInForce restrictionsInForce, FactsOfPeople people, BlockBook blocks)
    : IEntryRule
{
    public async ValueTask<RoomRefusal?> EntryRefusalAsync(
        Room room,
        AccountFacts who,
        CancellationToken cancellationToken
    )
    {
        var restrictions = await restrictionsInForce.GetAsync(cancellationToken);
        var facts = await people.CompleteAsync(restrictions, who, cancellationToken);
        if (restrictions.Refusal(room, facts) is { } refusal)
        {
            return refusal;
        }

        var blocked = await blocks.GetAsync(room.Host, cancellationToken);
        return blocked.Contains(who.Identity) ? BlockList.Refusal : null;
    }
}
