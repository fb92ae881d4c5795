namespace Spaces.Sfu.Routing;

/// <summary>A part of an outgoing stream that came from one source without a break.</summary>
/// <remarks>It tells, for a packet that was sent, which packet of the source it was.</remarks>
/// <param name="Source">Whose.</param>
/// <param name="SequenceOffset">From the source's numbers to the stream's.</param>
/// <param name="TimestampOffset">From the source's times to the stream's.</param>
public readonly record struct RtpSegment(long Source, ushort SequenceOffset, uint TimestampOffset)
{
    /// <summary>The source's number of a packet.</summary>
    public ushort SourceNumber(ushort number) => (ushort)(number - SequenceOffset);
}
