using System.Security.Cryptography;
using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>The SRTP keys that a handshake led to (RFC 5764 §4.2).</summary>
/// <remarks>
/// The exported bytes are, in this order: client's key, server's key, client's salt, server's salt. What one side
/// writes with, the other reads with. Dispose it as soon as the SRTP contexts are made: that wipes the bytes.
/// </remarks>
public sealed class SrtpKeyingMaterial : IDisposable
{
    private readonly byte[] _material;
    private readonly DtlsRole _role;

    internal SrtpKeyingMaterial(SrtpProfile profile, DtlsRole role, byte[] material)
    {
        Profile = profile;
        _role = role;
        _material = material;
    }

    public SrtpProfile Profile { get; }

    /// <summary>How many bytes to export for a profile.</summary>
    public static int Length(SrtpProfile profile) => 2 * (profile.KeyLength() + profile.SaltLength());

    /// <summary>Protects what this side sends.</summary>
    public SrtpContext CreateOutbound() => Create(_role);

    /// <summary>Unprotects what the peer sends.</summary>
    public SrtpContext CreateInbound() => Create(_role == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);

    public void Dispose() => CryptographicOperations.ZeroMemory(_material);

    private SrtpContext Create(DtlsRole writer)
    {
        var keyLength = Profile.KeyLength();
        var saltLength = Profile.SaltLength();
        var index = writer == DtlsRole.Client ? 0 : 1;
        var key = _material.AsSpan(index * keyLength, keyLength);
        var salt = _material.AsSpan((2 * keyLength) + (index * saltLength), saltLength);
        return new SrtpContext(Profile, key, salt);
    }
}
