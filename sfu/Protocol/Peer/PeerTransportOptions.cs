using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Ice;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Protocol.Peer;

/// <summary>What signalling agreed about one peer before its first datagram.</summary>
/// <param name="LocalIce">Ours; the peer's checks carry its ufrag and are proven with its password.</param>
/// <param name="RemoteIce">The peer's. A lite agent never needs it; <see cref="PeerRole.Client"/> does.</param>
/// <param name="Certificate">Ours; one for the whole process. It must outlive the transport.</param>
/// <param name="RemoteFingerprints">
/// Of the peer's certificate, from its SDP. One match suffices (RFC 8122 §5); with none no handshake can succeed.
/// </param>
public sealed record PeerTransportOptions(
    IceCredentials LocalIce,
    IceCredentials RemoteIce,
    DtlsCertificate Certificate,
    IReadOnlyList<CertificateFingerprint> RemoteFingerprints
)
{
    /// <summary>
    /// GCM first: it costs half of AES-CM with HMAC-SHA1 here. Chromium lists it last, and the server's order decides.
    /// </summary>
    public static readonly IReadOnlyList<SrtpProfile> DefaultProfiles =
    [
        SrtpProfile.AeadAes128Gcm,
        SrtpProfile.AeadAes256Gcm,
        SrtpProfile.Aes128CmHmacSha1Tag80,
    ];

    /// <summary>SRTP profiles this side agrees to, best first.</summary>
    public IReadOnlyList<SrtpProfile> Profiles { get; init; } = DefaultProfiles;

    /// <summary>
    /// Server: ICE-lite and DTLS passive. Client: ICE controlling and DTLS active, towards one server.
    /// </summary>
    public PeerRole Role { get; init; } = PeerRole.Server;

    /// <summary>The server's address; for <see cref="PeerRole.Client"/> only, and then required.</summary>
    public NetworkPath? ServerPath { get; init; }

    /// <summary>Computes the handshake's steps elsewhere; null: the transport's own calls do.</summary>
    public IHandshakeRunner? Handshakes { get; init; }

    /// <summary>
    /// Transaction ids and timer jitter of a client; for <see cref="PeerRole.Client"/> only, and then required.
    /// </summary>
    public Random? Random { get; init; }
}
