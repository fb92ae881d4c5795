using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>AES counter mode with AES-NI (FIPS 197; NIST SP 800-38A §6.5), for 128- and 256-bit keys.</summary>
/// <remarks>
/// Eight blocks are in flight at once: one AESENC takes some four cycles but one or two can start in each, so eight
/// blocks
/// cost little more than one. No table look-ups, so the time does not depend on key or text.
/// </remarks>
internal sealed class AcceleratedAesKeystream : AesKeystream
{
    private const int RoundKeysMax = 15;
    private const int BytesPerRoundKey = 16;

    private readonly Vector128<byte>[] _roundKeys;

    public AcceleratedAesKeystream(ReadOnlySpan<byte> key)
    {
        _roundKeys = new Vector128<byte>[(key.Length / sizeof(uint)) + 7];
        ExpandKey(key, _roundKeys);
    }

    public override void Generate(ReadOnlySpan<byte> block, uint counter, Span<byte> keystream)
    {
        var keys = _roundKeys;
        var first = keys[0];
        var start = Vector128.Create(block);
        var b0 = Counter(start, counter) ^ first;
        var b1 = Counter(start, counter + 1) ^ first;
        var b2 = Counter(start, counter + 2) ^ first;
        var b3 = Counter(start, counter + 3) ^ first;
        var b4 = Counter(start, counter + 4) ^ first;
        var b5 = Counter(start, counter + 5) ^ first;
        var b6 = Counter(start, counter + 6) ^ first;
        var b7 = Counter(start, counter + 7) ^ first;
        for (var round = 1; round < keys.Length - 1; round++)
        {
            var key = keys[round];
            b0 = X86Aes.Encrypt(b0, key);
            b1 = X86Aes.Encrypt(b1, key);
            b2 = X86Aes.Encrypt(b2, key);
            b3 = X86Aes.Encrypt(b3, key);
            b4 = X86Aes.Encrypt(b4, key);
            b5 = X86Aes.Encrypt(b5, key);
            b6 = X86Aes.Encrypt(b6, key);
            b7 = X86Aes.Encrypt(b7, key);
        }

        var last = keys[^1];
        keystream = keystream[..BatchLength];
        X86Aes.EncryptLast(b0, last).CopyTo(keystream);
        X86Aes.EncryptLast(b1, last).CopyTo(keystream[16..]);
        X86Aes.EncryptLast(b2, last).CopyTo(keystream[32..]);
        X86Aes.EncryptLast(b3, last).CopyTo(keystream[48..]);
        X86Aes.EncryptLast(b4, last).CopyTo(keystream[64..]);
        X86Aes.EncryptLast(b5, last).CopyTo(keystream[80..]);
        X86Aes.EncryptLast(b6, last).CopyTo(keystream[96..]);
        X86Aes.EncryptLast(b7, last).CopyTo(keystream[112..]);
    }

    public override void Dispose() => Array.Clear(_roundKeys);

    private static Vector128<byte> Counter(Vector128<byte> start, uint counter) =>
        start.AsUInt32().WithElement(3, BinaryPrimitives.ReverseEndianness(counter)).AsByte();

    /// <summary>FIPS 197 §5.2, with the S-box of the AESKEYGENASSIST instruction.</summary>
    private static void ExpandKey(ReadOnlySpan<byte> key, Span<Vector128<byte>> roundKeys)
    {
        var keyWords = key.Length / sizeof(uint);
        Span<uint> words = stackalloc uint[RoundKeysMax * BytesPerRoundKey / sizeof(uint)];
        var rcon = 1u;
        for (var i = 0; i < roundKeys.Length * 4; i++)
        {
            if (i < keyWords)
            {
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * sizeof(uint))..]);
                continue;
            }

            var word = words[i - 1];
            if (i % keyWords == 0)
            {
                word = Substitute(uint.RotateRight(word, 8)) ^ rcon;
                rcon = (rcon << 1) ^ ((rcon >> 7) * 0x11B);
            }
            else if (keyWords > 6 && i % keyWords == 4)
            {
                word = Substitute(word);
            }

            words[i] = words[i - keyWords] ^ word;
        }

        for (var i = 0; i < roundKeys.Length; i++)
        {
            roundKeys[i] = Vector128.Create<uint>(words[(i * 4)..]).AsByte();
        }

        words.Clear();
    }

    // AESKEYGENASSIST substitutes its second and fourth word; the round constant is added by the caller.
    private static uint Substitute(uint word) =>
        X86Aes.KeygenAssist(Vector128.Create(word).AsByte(), 0).AsUInt32().ToScalar();
}
