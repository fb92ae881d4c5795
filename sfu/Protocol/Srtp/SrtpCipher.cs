namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// How the packets of one profile are encrypted and authenticated (RFC 3711 §4, RFC 7714). It knows session keys and
/// nothing of order: which index a packet has, and whether it is a replay, is the business of
/// <see cref="SrtpContext"/>.
/// </summary>
/// <remarks>Hot path: no allocation. Opening verifies before it writes, so a packet that fails is left as it
/// came.</remarks>
internal abstract class SrtpCipher : IDisposable
{
    /// <summary>E flag and 31-bit index in every SRTCP packet (RFC 3711 §3.4).</summary>
    public const int RtcpIndexLength = 4;

    /// <summary>The part of an RTCP packet that stays in clear: header and SSRC.</summary>
    public const int RtcpHeaderLength = 8;

    public const uint EncryptedFlag = 0x8000_0000;

    public abstract int TagLength { get; }

    public static SrtpCipher Create(
        SrtpProfile profile,
        ReadOnlySpan<byte> masterKey,
        ReadOnlySpan<byte> masterSalt,
        SrtpEngine engine
    ) =>
        profile == SrtpProfile.Aes128CmHmacSha1Tag80
            ? new AesCmHmacSha1Cipher(masterKey, masterSalt, engine)
            : new AeadAesGcmCipher(masterKey, masterSalt, engine);

    /// <summary>Encrypts <c>buffer[headerLength..length]</c> in place and appends the tag.</summary>
    public abstract void SealRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, ulong index);

    /// <summary>Verifies, then decrypts in place. False, and nothing written, when the tag does not fit.</summary>
    public abstract bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <summary>
    /// Encrypts after the first 8 bytes and appends tag and index, in the order that the profile has.
    /// </summary>
    public abstract void SealRtcp(Span<byte> buffer, int length, uint ssrc, uint index);

    public abstract bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index);

    /// <summary>The E flag and index word of a protected packet that is long enough.</summary>
    public abstract uint ReadRtcpIndexWord(ReadOnlySpan<byte> packet);

    public abstract void Dispose();
}
