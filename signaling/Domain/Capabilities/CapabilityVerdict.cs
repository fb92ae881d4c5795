namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>Whether somebody may do something, by the operator's rules.</summary>
/// <param name="Stage">The stage that admits them; null when none does, or when there are no rules.</param>
/// <param name="Refusal">Null when they may; else a sentence that names the rule.</param>
public sealed record CapabilityVerdict(RolloutStage? Stage, RoomRefusal? Refusal)
{
    /// <summary>There are no rules: everybody may.</summary>
    public static CapabilityVerdict Open { get; } = new(null, null);

    public bool IsAllowed => Refusal is null;
}
