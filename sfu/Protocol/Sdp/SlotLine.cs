namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>An m-line on which a client receives a slot, as agreed (RFC 3264).</summary>
/// <param name="Mid">Null when the offer named none.</param>
/// <param name="OpusPayloadType">What the slot's packets must carry.</param>
/// <param name="Identity">One of those that were offered to the answer, in order.</param>
/// <param name="RedPayloadType">
/// What may carry earlier frames beside the newest (RFC 2198); null when not offered.
/// </param>
/// <param name="HasNack">The client may ask for lost packets again (RFC 4585).</param>
public sealed record SlotLine(
    string? Mid,
    byte OpusPayloadType,
    SlotIdentity Identity,
    byte? RedPayloadType = null,
    bool HasNack = false
);
