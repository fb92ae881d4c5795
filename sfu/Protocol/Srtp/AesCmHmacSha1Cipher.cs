using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80, the profile every peer must have (RFC 3711 §4.1.1, §4.2.1).</summary>
internal sealed class AesCmHmacSha1Cipher : SrtpCipher
{
    private const int AuthenticationKeyLength = 20;
    private const int HashLength = 20;
    private const int TruncatedLength = 10;
    private const int SaltLength = 14;

    private readonly AesKeystream _rtp;
    private readonly AesKeystream _rtcp;
    private readonly IncrementalHash _rtpHash;
    private readonly IncrementalHash _rtcpHash;
    private readonly byte[] _rtpSalt = new byte[AesKeystream.BlockLength];
    private readonly byte[] _rtcpSalt = new byte[AesKeystream.BlockLength];

    public AesCmHmacSha1Cipher(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpEngine engine)
    {
        Span<byte> room = stackalloc byte[AuthenticationKeyLength];
        var key = room[..masterKey.Length];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpEncryption, key);
        _rtp = AesKeystream.Create(key, engine);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpEncryption, key);
        _rtcp = AesKeystream.Create(key, engine);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpAuthentication, room);
        _rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, room);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpAuthentication, room);
        _rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, room);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtpSalt, _rtpSalt.AsSpan(0, SaltLength));
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpSalt, _rtcpSalt.AsSpan(0, SaltLength));
        CryptographicOperations.ZeroMemory(room);
    }

    public override int TagLength => TruncatedLength;

    public override void SealRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, ulong index)
    {
        Crypt(_rtp, _rtpSalt, ssrc, index, buffer[headerLength..length]);
        Span<byte> tag = stackalloc byte[HashLength];
        AuthenticateRtp(buffer[..length], index, tag);
        tag[..TagLength].CopyTo(buffer[length..]);
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        Span<byte> tag = stackalloc byte[HashLength];
        AuthenticateRtp(packet[..^TagLength], index, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagLength], packet[^TagLength..]))
        {
            return false;
        }

        Crypt(_rtp, _rtpSalt, ssrc, index, packet[headerLength..^TagLength]);
        return true;
    }

    public override void SealRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Crypt(_rtcp, _rtcpSalt, ssrc, index, buffer[RtcpHeaderLength..length]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], EncryptedFlag | index);
        Span<byte> tag = stackalloc byte[HashLength];
        AuthenticateRtcp(buffer[..(length + RtcpIndexLength)], tag);
        tag[..TagLength].CopyTo(buffer[(length + RtcpIndexLength)..]);
    }

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> tag = stackalloc byte[HashLength];
        AuthenticateRtcp(packet[..^TagLength], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..TagLength], packet[^TagLength..]))
        {
            return false;
        }

        Crypt(_rtcp, _rtcpSalt, ssrc, index, packet[RtcpHeaderLength..^(TagLength + RtcpIndexLength)]);
        return true;
    }

    public override uint ReadRtcpIndexWord(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet[^(TagLength + RtcpIndexLength)..]);

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpHash.Dispose();
        _rtcpHash.Dispose();
    }

    /// <summary>
    /// RFC 3711 §4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16); the last 16 bits count blocks.
    /// </summary>
    private static void Crypt(AesKeystream aes, ReadOnlySpan<byte> salt, uint ssrc, ulong index, Span<byte> text)
    {
        Span<byte> block = stackalloc byte[AesKeystream.BlockLength];
        block.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(block[4..], ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(block[8..], index << 16);
        AesKeystream.Xor(block, salt);
        aes.Apply(block, BinaryPrimitives.ReadUInt32BigEndian(block[12..]), text);
    }

    private void AuthenticateRtp(ReadOnlySpan<byte> packet, ulong index, Span<byte> tag)
    {
        Span<byte> rollover = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(rollover, (uint)(index >> 16));
        _rtpHash.AppendData(packet);
        _rtpHash.AppendData(rollover);
        _rtpHash.GetHashAndReset(tag);
    }

    private void AuthenticateRtcp(ReadOnlySpan<byte> packet, Span<byte> tag)
    {
        _rtcpHash.AppendData(packet);
        _rtcpHash.GetHashAndReset(tag);
    }
}
