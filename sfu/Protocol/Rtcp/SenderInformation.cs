namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>What a sender says of its own stream in a sender report (RFC 3550 §6.4.1).</summary>
/// <param name="Ntp">The wall clock at the report.</param>
/// <param name="RtpTimestamp">The same moment in units of the stream's clock.</param>
/// <param name="PacketCount">Sent since the start; wraps.</param>
/// <param name="OctetCount">Payload bytes sent since the start; wraps.</param>
public readonly record struct SenderInformation(NtpTimestamp Ntp, uint RtpTimestamp, uint PacketCount, uint OctetCount);
