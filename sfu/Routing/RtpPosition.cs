namespace Spaces.Sfu.Routing;

/// <summary>A packet's place in an outgoing stream.</summary>
/// <param name="SequenceNumber">Follows on the packets before.</param>
/// <param name="Timestamp">At 48 kHz.</param>
/// <param name="IsNewSource">The first packet of another source than the one before: it carries the marker.</param>
public readonly record struct RtpPosition(ushort SequenceNumber, uint Timestamp, bool IsNewSource);
