using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>AEAD_AES_128_GCM and AEAD_AES_256_GCM for SRTP and SRTCP (RFC 7714 §8, §9).</summary>
internal sealed class AeadAesGcmCipher : SrtpCipher
{
    private const int SaltLength = AesGcmEngine.NonceLength;
    private const int RtcpAssociatedLength = RtcpHeaderLength + RtcpIndexLength;

    private readonly AesGcmEngine _rtp;
    private readonly AesGcmEngine _rtcp;
    private readonly byte[] _rtpSalt = new byte[SaltLength];
    private readonly byte[] _rtcpSalt = new byte[SaltLength];

    public AeadAesGcmCipher(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpEngine engine)
    {
        Span<byte> room = stackalloc byte[SrtpProfileLengths.KeyLengthMax];
        var key = room[..masterKey.Length];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpEncryption, key);
        _rtp = AesGcmEngine.Create(key, engine);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpEncryption, key);
        _rtcp = AesGcmEngine.Create(key, engine);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpSalt, _rtpSalt);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpSalt, _rtcpSalt);
        CryptographicOperations.ZeroMemory(room);
    }

    public override int TagLength => AesGcmEngine.TagLength;

    public override void SealRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, ulong index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmEngine.NonceLength];
        WriteNonce(_rtpSalt, ssrc, index, nonce);
        _rtp.Seal(nonce, buffer[..headerLength], buffer[headerLength..length], buffer.Slice(length, TagLength));
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmEngine.NonceLength];
        WriteNonce(_rtpSalt, ssrc, index, nonce);
        return _rtp.TryOpen(nonce, packet[..headerLength], packet[headerLength..^TagLength], packet[^TagLength..]);
    }

    public override void SealRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmEngine.NonceLength];
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        WriteNonce(_rtcpSalt, ssrc, index, nonce);
        WriteAssociated(buffer, index, associated);
        _rtcp.Seal(nonce, associated, buffer[RtcpHeaderLength..length], buffer.Slice(length, TagLength));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(length + TagLength)..], EncryptedFlag | index);
    }

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmEngine.NonceLength];
        Span<byte> associated = stackalloc byte[RtcpAssociatedLength];
        WriteNonce(_rtcpSalt, ssrc, index, nonce);
        WriteAssociated(packet, index, associated);
        var tagged = packet[RtcpHeaderLength..^RtcpIndexLength];
        return _rtcp.TryOpen(nonce, associated, tagged[..^TagLength], tagged[^TagLength..]);
    }

    public override uint ReadRtcpIndexWord(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet[^RtcpIndexLength..]);

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    /// <summary>RFC 7714 §8.1 and §9.1: 16 zero bits, the SSRC, the index in 48 bits; all plus the salt.</summary>
    private static void WriteNonce(ReadOnlySpan<byte> salt, uint ssrc, ulong index, Span<byte> nonce)
    {
        BinaryPrimitives.WriteUInt32BigEndian(nonce, ssrc >> 16);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], ((ulong)ssrc << 48) | index);
        AesKeystream.Xor(nonce, salt);
    }

    private static void WriteAssociated(ReadOnlySpan<byte> packet, uint index, Span<byte> associated)
    {
        packet[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], EncryptedFlag | index);
    }
}
