namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>Arithmetic on the 16-bit sequence numbers of RTP, which wrap (RFC 3550 appendix A.1, RFC 1982).</summary>
public static class SequenceNumber
{
    /// <summary>How far <paramref name="later"/> is after <paramref name="earlier"/>: -32,768 to 32,767.</summary>
    public static int Distance(ushort earlier, ushort later) => (short)(later - earlier);

    public static bool IsNewer(ushort candidate, ushort than) => Distance(than, candidate) > 0;

    /// <summary>
    /// The extended number that is nearest to <paramref name="reference"/> and has these low 16 bits.
    /// </summary>
    public static long Extend(long reference, ushort sequence) => reference + Distance((ushort)reference, sequence);
}
