namespace Spaces.Sfu.Routing;

/// <summary>What a listener's session negotiated for one slot.</summary>
/// <param name="Ssrc">Ours, announced in the answer.</param>
/// <param name="PayloadType">Of Opus.</param>
/// <param name="RedPayloadType">Of Opus in RED (RFC 2198), or null.</param>
/// <param name="HasNack">The client may ask for lost packets again.</param>
public readonly record struct SlotFormat(
    uint Ssrc,
    byte PayloadType,
    byte? RedPayloadType = null,
    bool HasNack = false
);
