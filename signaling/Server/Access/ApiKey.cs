using System.Security.Cryptography;
using System.Text;

namespace Spaces.Signaling.Server.Access;

/// <summary>A key that operator and application server share; its secret signs tokens and is never printed.</summary>
internal sealed class ApiKey(string id, string secret)
{
    private readonly byte[] _tokenKey = Encoding.UTF8.GetBytes(secret);
    private readonly byte[] _resumeKey = HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        Encoding.UTF8.GetBytes(secret),
        outputLength: 32,
        info: "spaces resume token v1"u8.ToArray()
    );

    public string Id => id;

    /// <summary>HMAC-SHA256 with the secret itself, as RFC 7515 wants for HS256.</summary>
    public byte[] SignToken(ReadOnlySpan<byte> text) => HMACSHA256.HashData(_tokenKey, text);

    /// <summary>HMAC-SHA256 with a key of its own, so that no access token is ever a resume token.</summary>
    public byte[] SignResumption(ReadOnlySpan<byte> text) => HMACSHA256.HashData(_resumeKey, text);

    public override string ToString() => $"ApiKey {id}";
}
