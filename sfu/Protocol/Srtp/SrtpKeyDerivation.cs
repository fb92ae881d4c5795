using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// The AES-CM key derivation of SRTP (RFC 3711 §4.3.3, RFC 7714 §11), with a key derivation rate of zero.
/// </summary>
public static class SrtpKeyDerivation
{
    private const int BlockLength = 16;
    private const int LabelOffset = 7;
    private const int SaltRoom = 14;

    /// <summary>
    /// Fills <paramref name="sessionKey"/>; its length decides how much is derived. A 12-byte salt stands at the
    /// front of
    /// the 14 bytes of RFC 3711, zeros after it, as every deployed stack does it (RFC 7714 §11 with AES_CM).
    /// </summary>
    public static void Derive(
        ReadOnlySpan<byte> masterKey,
        ReadOnlySpan<byte> masterSalt,
        SrtpKeyLabel label,
        Span<byte> sessionKey
    )
    {
        if (masterSalt.Length > SaltRoom)
        {
            throw new ArgumentException($"A master salt has at most {SaltRoom} bytes.", nameof(masterSalt));
        }

        Span<byte> counter = stackalloc byte[BlockLength];
        Span<byte> keystream = stackalloc byte[BlockLength];
        using var aes = Aes.Create();
        aes.SetKey(masterKey);

        counter.Clear();
        masterSalt.CopyTo(counter);
        counter[LabelOffset] ^= (byte)label;
        while (!sessionKey.IsEmpty)
        {
            aes.EncryptEcb(counter, keystream, PaddingMode.None);
            var taken = Math.Min(BlockLength, sessionKey.Length);
            keystream[..taken].CopyTo(sessionKey);
            sessionKey = sessionKey[taken..];
            counter[^1]++; // A session key is at most a few blocks, so the low byte never wraps.
        }

        CryptographicOperations.ZeroMemory(keystream);
    }
}
