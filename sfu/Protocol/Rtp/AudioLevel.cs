namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>A client-to-mixer audio level (RFC 6464 §3): the loudness of the packet, as its sender says.</summary>
/// <param name="HasVoice">The sender took it for speech.</param>
/// <param name="DecibelsBelowFullScale">0 (loudest) to 127 (silence), in -dBov.</param>
public readonly record struct AudioLevel(bool HasVoice, byte DecibelsBelowFullScale)
{
    public const string Uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    public const byte Silence = 127;

    /// <summary>
    /// Reads the element with this id; false when the packet has none. Id 0 stands for not negotiated.
    /// </summary>
    public static bool TryRead(in RtpHeaderExtensions extensions, int id, out AudioLevel level)
    {
        // The one-byte form has one byte; the two-byte form may pad, and its first byte counts.
        if (id == 0 || !extensions.TryGet(id, out var value) || value.IsEmpty)
        {
            level = default;
            return false;
        }

        level = new AudioLevel((value[0] & 0x80) != 0, (byte)(value[0] & 0x7F));
        return true;
    }
}
