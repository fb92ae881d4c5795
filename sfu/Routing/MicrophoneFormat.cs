namespace Spaces.Sfu.Routing;

/// <summary>What a session negotiated for its microphone.</summary>
/// <param name="OpusPayloadType">Of plain Opus.</param>
/// <param name="RedPayloadType">Of Opus in RED (RFC 2198), or null.</param>
/// <param name="AudioLevelId">The header extension of RFC 6464; 0 when the client sends no levels.</param>
/// <param name="AnnouncedSsrc">From the offer; null: the first authentic packet tells.</param>
/// <param name="HasNack">Lost packets may be asked for again.</param>
public readonly record struct MicrophoneFormat(
    byte OpusPayloadType,
    byte? RedPayloadType,
    int AudioLevelId,
    uint? AnnouncedSsrc,
    bool HasNack = false
);
