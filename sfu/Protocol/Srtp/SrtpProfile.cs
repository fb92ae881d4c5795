namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>
/// A DTLS-SRTP protection profile, by its number in the use_srtp extension (RFC 5764 §4.1.2, RFC 7714 §14.2).
/// </summary>
public enum SrtpProfile : ushort
{
    None = 0,
    Aes128CmHmacSha1Tag80 = 0x0001,
    AeadAes128Gcm = 0x0007,
    AeadAes256Gcm = 0x0008,
}
