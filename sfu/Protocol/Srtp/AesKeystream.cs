using System.Runtime.InteropServices;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// AES in counter mode, eight blocks at a time (NIST SP 800-38A §6.5): the one operation that AES-CM (RFC 3711
/// §4.1.1) and
/// GCM (RFC 7714) are both built on.
/// </summary>
/// <remarks>Hot path: no allocation. Not thread-safe.</remarks>
internal abstract class AesKeystream : IDisposable
{
    public const int BlockLength = 16;
    public const int BlocksPerBatch = 8;
    public const int BatchLength = BlockLength * BlocksPerBatch;

    public static AesKeystream Create(ReadOnlySpan<byte> key, SrtpEngine engine) =>
        engine == SrtpEngine.Accelerated ? new AcceleratedAesKeystream(key) : new PortableAesKeystream(key);

    /// <summary>
    /// Writes the encryption of <paramref name="block"/> with its last 32 bits counted up from
    /// <paramref name="counter"/>.
    /// </summary>
    /// <param name="block">16 bytes; the last four are replaced by the counter.</param>
    /// <param name="counter">Of the first of the eight blocks.</param>
    /// <param name="keystream">128 bytes.</param>
    public abstract void Generate(ReadOnlySpan<byte> block, uint counter, Span<byte> keystream);

    public abstract void Dispose();

    /// <summary>Adds the keystream to <paramref name="text"/>, starting with the given counter.</summary>
    public void Apply(ReadOnlySpan<byte> block, uint counter, Span<byte> text)
    {
        Span<byte> keystream = stackalloc byte[BatchLength];
        while (!text.IsEmpty)
        {
            Generate(block, counter, keystream);
            var taken = Math.Min(text.Length, BatchLength);
            Xor(text[..taken], keystream);
            text = text[taken..];
            counter += BlocksPerBatch;
        }
    }

    /// <summary>Adds as much of <paramref name="keystream"/> as <paramref name="text"/> is long.</summary>
    public static void Xor(Span<byte> text, ReadOnlySpan<byte> keystream)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(text);
        var key = MemoryMarshal.Cast<byte, ulong>(keystream[..text.Length]);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] ^= key[i];
        }

        for (var i = words.Length * sizeof(ulong); i < text.Length; i++)
        {
            text[i] ^= keystream[i];
        }
    }
}
