using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>AES-GCM from AES-NI and PCLMULQDQ (NIST SP 800-38D §7).</summary>
/// <remarks>
/// The platform's AesGcm spends far more on entering the library than on the 100 bytes of an audio packet. Here the
/// first
/// batch of eight counter blocks gives the tag's mask and the keystream of 112 bytes, which is a whole Opus packet.
/// </remarks>
internal sealed class AcceleratedAesGcm : AesGcmEngine
{
    private const int BlockLength = AesKeystream.BlockLength;
    private const uint FirstCounter = 1;

    private readonly AcceleratedAesKeystream _aes;
    private readonly Ghash _ghash;

    public AcceleratedAesGcm(ReadOnlySpan<byte> key)
    {
        _aes = new AcceleratedAesKeystream(key);
        Span<byte> keystream = stackalloc byte[AesKeystream.BatchLength];
        Span<byte> zero = stackalloc byte[BlockLength];
        zero.Clear();
        _aes.Generate(zero, 0, keystream);
        _ghash = new Ghash(keystream[..BlockLength]);
        keystream.Clear();
    }

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> text, Span<byte> tag)
    {
        Span<byte> counter = stackalloc byte[BlockLength];
        Span<byte> keystream = stackalloc byte[AesKeystream.BatchLength];
        nonce.CopyTo(counter);
        _aes.Generate(counter, FirstCounter, keystream);
        Crypt(counter, keystream, text);
        tag = tag[..TagLength];
        _ghash.Compute(associated, text, tag);
        AesKeystream.Xor(tag, keystream);
    }

    public override bool TryOpen(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated,
        Span<byte> text,
        ReadOnlySpan<byte> tag
    )
    {
        Span<byte> counter = stackalloc byte[BlockLength];
        Span<byte> keystream = stackalloc byte[AesKeystream.BatchLength];
        Span<byte> expected = stackalloc byte[TagLength];
        nonce.CopyTo(counter);
        _aes.Generate(counter, FirstCounter, keystream);
        _ghash.Compute(associated, text, expected);
        AesKeystream.Xor(expected, keystream);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag))
        {
            return false;
        }

        Crypt(counter, keystream, text);
        return true;
    }

    public override void Dispose()
    {
        _aes.Dispose();
        _ghash.Dispose();
    }

    private void Crypt(ReadOnlySpan<byte> counter, ReadOnlySpan<byte> firstBatch, Span<byte> text)
    {
        var ready = firstBatch[BlockLength..];
        var taken = Math.Min(text.Length, ready.Length);
        AesKeystream.Xor(text[..taken], ready);
        if (taken < text.Length)
        {
            _aes.Apply(counter, FirstCounter + AesKeystream.BlocksPerBatch, text[taken..]);
        }
    }
}
