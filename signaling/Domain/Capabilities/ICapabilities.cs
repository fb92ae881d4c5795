using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>Who may host, speak and listen, by the operator's rules of this moment.</summary>
public interface ICapabilities
{
    /// <summary>Answers from memory as long as the capability has no rules: then everybody may.</summary>
    /// <param name="capability">To do what.</param>
    /// <param name="facts">What the person's token claims; what the operator's system wrote goes before it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RoomStoreUnavailableException">Whether they may cannot be told now.</exception>
    ValueTask<CapabilityVerdict> MayAsync(
        Capability capability,
        AccountFacts facts,
        CancellationToken cancellationToken
    );
}
