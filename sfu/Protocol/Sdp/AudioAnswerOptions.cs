using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;

namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>What this side puts into an answer (RFC 3264 §6, RFC 8839, RFC 8122).</summary>
/// <param name="Ice">Our credentials for this session.</param>
/// <param name="Fingerprint">Of our DTLS certificate, SHA-256.</param>
/// <param name="Candidates">At least one; the first is preferred, and stands in the m- and c-lines.</param>
/// <param name="Slots">The slots to give, in order; at most <see cref="SlotsMax"/>. Empty for a publisher only.</param>
public sealed record AudioAnswerOptions(
    IceCredentials Ice,
    CertificateFingerprint Fingerprint,
    IReadOnlyList<HostCandidate> Candidates,
    IReadOnlyList<SlotIdentity> Slots
)
{
    public const int SlotsMax = 8;

    /// <summary>The session id of the o-line: random, below 2^63 (RFC 9429 §5.2.1).</summary>
    public long SessionId { get; init; } = 1;

    internal int SessionVersion { get; init; } = 1;
}
