using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>
/// What an offer and its answer agreed on (RFC 3264). The client is the DTLS client; this side waits.
/// </summary>
/// <param name="RemoteIce">The client's credentials.</param>
/// <param name="RemoteFingerprints">The client's certificate must match one (RFC 8122 §5); at least one.</param>
/// <param name="Microphone">Null for a client that only listens.</param>
/// <param name="Slots">Empty for a client that only publishes.</param>
/// <param name="Answer">The SDP to send back; it names our credentials, so it is not logged.</param>
public sealed record AudioSession(
    IceCredentials RemoteIce,
    IReadOnlyList<CertificateFingerprint> RemoteFingerprints,
    MicrophoneLine? Microphone,
    IReadOnlyList<SlotLine> Slots,
    string Answer
)
{
    /// <summary>The m-lines of the agreement; a later offer of the session must have the same.</summary>
    internal IReadOnlyList<AnswerLine> Lines { get; init; } = [];

    internal int SessionVersion { get; init; } = 1;

    /// <summary>The mid of the line that carries the transport; null when the offer named none.</summary>
    public string? TransportMid { get; init; }

    /// <summary>Without credentials and SDP, so that a log line cannot leak them.</summary>
    public override string ToString() =>
        $"{nameof(AudioSession)} {{ Microphone = {Microphone is not null}, Slots = {Slots.Count} }}";
}
