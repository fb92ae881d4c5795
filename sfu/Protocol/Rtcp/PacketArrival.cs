namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>
/// What transport-wide feedback says of one packet (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.5).
/// </summary>
/// <param name="SequenceNumber">The transport-wide one.</param>
/// <param name="IsReceived">False: lost, or not yet there.</param>
/// <param name="Delta">Since the arrival before it, in 250 µs; zero when not received.</param>
public readonly record struct PacketArrival(ushort SequenceNumber, bool IsReceived, int Delta);
