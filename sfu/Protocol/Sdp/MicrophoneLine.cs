namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>The m-line on which a client sends, as agreed (RFC 3264, RFC 7587).</summary>
/// <param name="Mid">Null when the offer named none.</param>
/// <param name="OpusPayloadType">Of plain Opus.</param>
/// <param name="RedPayloadType">Of Opus in RED (RFC 2198); null when not offered.</param>
/// <param name="AudioLevelId">The header extension of RFC 6464; null when not offered.</param>
/// <param name="MidId">The header extension of RFC 9143 §15; null when not offered.</param>
/// <param name="AnnouncedSsrc">From a=ssrc; null when the offer does not say (Chromium without a track does).</param>
/// <param name="HasNack">This side may ask for lost packets again (RFC 4585).</param>
public sealed record MicrophoneLine(
    string? Mid,
    byte OpusPayloadType,
    byte? RedPayloadType,
    int? AudioLevelId,
    int? MidId,
    uint? AnnouncedSsrc,
    bool HasNack = false
);
