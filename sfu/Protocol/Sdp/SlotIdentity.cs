namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>
/// What a slot is called in an answer: the SSRC that its packets have, and its names (RFC 5576, RFC 8830).
/// </summary>
/// <param name="Ssrc">Of every packet of the slot, whoever speaks.</param>
/// <param name="Cname">The canonical name, also in RTCP (RFC 3550 §6.5.1).</param>
/// <param name="StreamId">The id of the browser's MediaStream.</param>
/// <param name="TrackId">The id of the track in it.</param>
public sealed record SlotIdentity(uint Ssrc, string Cname, string StreamId, string TrackId);
