using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>AES-GCM of the platform's library (NIST SP 800-38D).</summary>
internal sealed class PortableAesGcm(ReadOnlySpan<byte> key) : AesGcmEngine
{
    private readonly AesGcm _gcm = new(key, TagLength);
    private byte[] _opened = new byte[2048];

    public override void Seal(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated,
        Span<byte> text,
        Span<byte> tag
    ) => _gcm.Encrypt(nonce, text, text, tag, associated);

    public override bool TryOpen(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated,
        Span<byte> text,
        ReadOnlySpan<byte> tag
    )
    {
        if (_opened.Length < text.Length)
        {
            _opened = new byte[text.Length];
        }

        // Not in place: the platform wipes its output when the tag is wrong, and the packet may be tried again.
        var opened = _opened.AsSpan(0, text.Length);
        try
        {
            _gcm.Decrypt(nonce, text, tag, opened, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            // The platform offers no other answer; this engine only runs where there is no AES instruction.
            return false;
        }

        opened.CopyTo(text);
        return true;
    }

    public override void Dispose() => _gcm.Dispose();
}
