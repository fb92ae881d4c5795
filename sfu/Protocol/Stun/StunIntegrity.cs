using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Spaces.Sfu.Protocol.Stun;

/// <summary>MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489 §14.5, §14.7).</summary>
/// <remarks>
/// Both cover the message up to their own attribute, with a header whose length field already counts that attribute.
/// So the part that is covered is copied, and the length set in the copy.
/// </remarks>
internal static class StunIntegrity
{
    public const int HmacLength = HMACSHA1.HashSizeInBytes;
    public const int CrcLength = 4;

    /// <summary>"STUN" as a number; keeps the CRC from matching the one of another protocol on the port.</summary>
    private const uint FingerprintMask = 0x5354554E;

    /// <param name="covered">
    /// The message up to the attribute's own header; at most <see cref="StunMessage.LengthMax"/>.
    /// </param>
    /// <param name="key">The password.</param>
    /// <param name="hmac">Room for <see cref="HmacLength"/> bytes.</param>
    public static void ComputeHmac(ReadOnlySpan<byte> covered, ReadOnlySpan<byte> key, Span<byte> hmac)
    {
        Span<byte> copy = stackalloc byte[StunMessage.LengthMax];
#pragma warning disable CA5350 // ICE's integrity is HMAC-SHA1 by its standard (RFC 8445 §7.1), and unbroken as a MAC.
        HMACSHA1.HashData(key, WithLength(covered, copy, HmacLength), hmac);
#pragma warning restore CA5350
    }

    /// <param name="covered">
    /// The message up to the attribute's own header; at most <see cref="StunMessage.LengthMax"/>.
    /// </param>
    public static uint ComputeFingerprint(ReadOnlySpan<byte> covered)
    {
        Span<byte> copy = stackalloc byte[StunMessage.LengthMax];
        return Crc32.Of(WithLength(covered, copy, CrcLength)) ^ FingerprintMask;
    }

    private static ReadOnlySpan<byte> WithLength(ReadOnlySpan<byte> covered, Span<byte> copy, int valueLength)
    {
        covered.CopyTo(copy);
        var length = covered.Length - StunMessage.HeaderLength + StunMessage.AttributeHeaderLength + valueLength;
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)length);
        return copy[..covered.Length];
    }
}
