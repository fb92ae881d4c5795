namespace Spaces.Sfu.Protocol.Rtp;

/// <summary>The values of a fixed RTP header that is to be written (RFC 3550 §5.1).</summary>
/// <param name="PayloadType">0-127.</param>
/// <param name="Marker">The first packet after a silence (RFC 7587 §4.2).</param>
/// <param name="SequenceNumber">One more than that of the packet before.</param>
/// <param name="Timestamp">In units of the payload's clock.</param>
/// <param name="Ssrc">Whose packet it is.</param>
public readonly record struct RtpHeader(
    byte PayloadType,
    bool Marker,
    ushort SequenceNumber,
    uint Timestamp,
    uint Ssrc
);
