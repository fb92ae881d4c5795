namespace Spaces.Sfu.Routing;

/// <summary>What a listener's session negotiated for one slot.</summary>
/// <param name="Ssrc">Ours, announced in the answer.</param>
/// <param name="PayloadType">Of Opus.</param>
public readonly record struct SlotFormat(uint Ssrc, byte PayloadType);
