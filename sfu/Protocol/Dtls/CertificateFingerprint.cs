using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>The hash of a certificate as SDP's <c>a=fingerprint</c> carries it (RFC 8122 §5).</summary>
/// <remarks>
/// It is what binds the DTLS handshake to the signalling (RFC 5763 §5). SHA-256, SHA-384 and SHA-512 count; MD5 and
/// SHA-1 never match anything, for a certificate with a chosen hash can be made for them.
/// </remarks>
public sealed class CertificateFingerprint : IEquatable<CertificateFingerprint>
{
    public const string Sha256 = "sha-256";
    public const string Sha384 = "sha-384";
    public const string Sha512 = "sha-512";

    private readonly byte[] _hash;

    private CertificateFingerprint(string algorithm, byte[] hash)
    {
        Algorithm = algorithm;
        _hash = hash;
    }

    /// <summary>The hash function's name in lower case, as in SDP.</summary>
    public string Algorithm { get; }

    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Hashes a DER certificate with <paramref name="algorithm"/>.</summary>
    /// <exception cref="ArgumentException">Not one of the three accepted hash functions.</exception>
    public static CertificateFingerprint Of(ReadOnlySpan<byte> certificate, string algorithm = Sha256) =>
        TryHash(algorithm, certificate, out var hash)
            ? new CertificateFingerprint(algorithm, hash)
            : throw new ArgumentException(
                $"Use {Sha256}, {Sha384} or {Sha512} for a fingerprint, not '{algorithm}'.",
                nameof(algorithm)
            );

    /// <summary>Reads an algorithm and its hash in hexadecimal with colons, as SDP spells them.</summary>
    /// <returns>
    /// False for an unknown or weak algorithm, a hash of the wrong length, and anything not hexadecimal.
    /// </returns>
    public static bool TryParse(string algorithm, string hash, out CertificateFingerprint? fingerprint)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        ArgumentNullException.ThrowIfNull(hash);
        fingerprint = null;
        var name = algorithm.ToLowerInvariant();
        var length = HashLength(name);
        if (length == 0 || hash.Length != (length * 3) - 1)
        {
            return false;
        }

        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            if (i > 0 && hash[(i * 3) - 1] != ':' || !TryParseByte(hash.AsSpan(i * 3, 2), out bytes[i]))
            {
                return false;
            }
        }

        fingerprint = new CertificateFingerprint(name, bytes);
        return true;
    }

    /// <summary>Whether this is the fingerprint of a DER certificate.</summary>
    public bool Matches(ReadOnlySpan<byte> certificate) =>
        TryHash(Algorithm, certificate, out var hash) && CryptographicOperations.FixedTimeEquals(hash, _hash);

    /// <summary>The value of <c>a=fingerprint</c>: <c>sha-256 AB:CD:…</c>.</summary>
    public override string ToString() => $"{Algorithm} {ToColonHex(_hash)}";

    public bool Equals(CertificateFingerprint? other) =>
        other is not null && Algorithm == other.Algorithm && _hash.AsSpan().SequenceEqual(other._hash);

    public override bool Equals(object? obj) => Equals(obj as CertificateFingerprint);

    public override int GetHashCode() => HashCode.Combine(Algorithm, BitConverter.ToInt32(_hash));

    private static bool TryParseByte(ReadOnlySpan<char> digits, out byte value)
    {
        value = 0;
        if (!char.IsAsciiHexDigit(digits[0]) || !char.IsAsciiHexDigit(digits[1]))
        {
            return false;
        }

        value = Convert.FromHexString(digits)[0];
        return true;
    }

    private static string ToColonHex(byte[] bytes) => BitConverter.ToString(bytes).Replace('-', ':');

    private static int HashLength(string algorithm) =>
        algorithm switch
        {
            Sha256 => SHA256.HashSizeInBytes,
            Sha384 => SHA384.HashSizeInBytes,
            Sha512 => SHA512.HashSizeInBytes,
            _ => 0,
        };

    private static bool TryHash(string algorithm, ReadOnlySpan<byte> certificate, out byte[] hash)
    {
        hash = algorithm switch
        {
            Sha256 => SHA256.HashData(certificate),
            Sha384 => SHA384.HashData(certificate),
            Sha512 => SHA512.HashData(certificate),
            _ => [],
        };
        return hash.Length > 0;
    }
}
