namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// AES-GCM with a 12-byte nonce and a 16-byte tag over text that is changed in place (NIST SP 800-38D).
/// </summary>
/// <remarks>Hot path: no allocation. Not thread-safe.</remarks>
internal abstract class AesGcmEngine : IDisposable
{
    public const int NonceLength = 12;
    public const int TagLength = 16;

    public static AesGcmEngine Create(ReadOnlySpan<byte> key, SrtpEngine engine) =>
        engine == SrtpEngine.Accelerated ? new AcceleratedAesGcm(key) : new PortableAesGcm(key);

    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> text, Span<byte> tag);

    /// <summary>Verifies, then decrypts. False, and nothing written, when the tag does not fit.</summary>
    public abstract bool TryOpen(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated,
        Span<byte> text,
        ReadOnlySpan<byte> tag
    );

    public abstract void Dispose();
}
