using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Domain.Capabilities;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Asks the operator's rules whether somebody may speak at all, before a room gives them the word.</summary>
internal sealed class SpeakGate(ICapabilities capabilities)
{
    /// <summary>By what their token said when they came in, if they are here, and by what the operator wrote.</summary>
    public async Task<Refusal?> RefusalAsync(LiveRoom room, Identity identity, CancellationToken cancellationToken)
    {
        AccountFacts? facts;
        using (await room.EnterAsync(cancellationToken))
        {
            facts = room.People.Find(identity)?.Participation.Facts;
        }

        return await RefusalAsync(facts ?? new AccountFacts(identity), cancellationToken);
    }

    public async Task<Refusal?> RefusalAsync(AccountFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await capabilities.MayAsync(Capability.Speak, facts, cancellationToken);
            return verdict.Refusal is { } refusal ? Refusal.Of(refusal) : null;
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }
}
