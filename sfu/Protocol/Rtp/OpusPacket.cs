namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>How long an Opus packet sounds, from its first bytes (RFC 6716 §3.1, §3.2.5).</summary>
public static class OpusPacket
{
    /// <summary>120 ms, the most a packet may hold (RFC 6716 §3.2.5), in samples at 48 kHz.</summary>
    public const int SamplesMax = 5_760;

    /// <summary>Reads the duration in samples at 48 kHz. False for no packet, no frames, or more than 120 ms.</summary>
    public static bool TryGetSamples(ReadOnlySpan<byte> packet, out int samples)
    {
        samples = 0;
        if (packet.IsEmpty || ((packet[0] & 3) == 3 && packet.Length < 2))
        {
            return false;
        }

        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet[1] & 0x3F,
        };
        var total = frames * FrameSamples(packet[0] >> 3);
        if (total is 0 or > SamplesMax)
        {
            return false;
        }

        samples = total;
        return true;
    }

    /// <summary>Table 2 of RFC 6716: SILK 10-60 ms, hybrid 10 or 20 ms, CELT 2.5-20 ms.</summary>
    private static int FrameSamples(int configuration) =>
        configuration switch
        {
            < 12 => (configuration & 3) == 3 ? 2_880 : 480 << (configuration & 3),
            < 16 => 480 << (configuration & 1),
            _ => 120 << (configuration & 3),
        };
}
