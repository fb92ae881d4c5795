namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>One block of a RED payload (RFC 2198 §3).</summary>
/// <remarks><c>PayloadType</c> is of the block's codec; <c>TimestampOffset</c> says how much older it is than the
/// packet.</remarks>
public readonly ref struct RedBlock
{
    internal RedBlock(byte payloadType, int timestampOffset, ReadOnlySpan<byte> data)
    {
        PayloadType = payloadType;
        TimestampOffset = timestampOffset;
        Data = data;
    }

    public byte PayloadType { get; }

    /// <summary>Units of the RTP clock, 0-16,383; 0 for the primary block.</summary>
    public int TimestampOffset { get; }

    public ReadOnlySpan<byte> Data { get; }
}
