namespace Spaces.Sfu.Protocol.Srtp;

/// <summary>The lengths, in bytes, that a profile implies (RFC 5764 §4.1.2, RFC 7714 §12).</summary>
public static class SrtpProfileLengths
{
    public const int KeyLengthMax = 32;
    public const int SaltLengthMax = 14;

    /// <summary>The master key; also the session encryption key.</summary>
    public static int KeyLength(this SrtpProfile profile) =>
        profile switch
        {
            SrtpProfile.Aes128CmHmacSha1Tag80 or SrtpProfile.AeadAes128Gcm => 16,
            SrtpProfile.AeadAes256Gcm => 32,
            SrtpProfile.None or _ => throw Unknown(profile),
        };

    /// <summary>The master salt; also the session salt.</summary>
    public static int SaltLength(this SrtpProfile profile) =>
        profile switch
        {
            SrtpProfile.Aes128CmHmacSha1Tag80 => 14,
            SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm => 12,
            SrtpProfile.None or _ => throw Unknown(profile),
        };

    /// <summary>What protection appends to an RTP packet.</summary>
    public static int TagLength(this SrtpProfile profile) =>
        profile switch
        {
            SrtpProfile.Aes128CmHmacSha1Tag80 => 10,
            SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm => 16,
            SrtpProfile.None or _ => throw Unknown(profile),
        };

    private static ArgumentOutOfRangeException Unknown(SrtpProfile profile) =>
        new(nameof(profile), profile, "Not one of the SRTP profiles this build speaks.");
}
