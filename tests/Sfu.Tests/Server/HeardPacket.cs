namespace Spaces.Sfu.Tests.Server;

/// <summary>What a listener received in one packet.</summary>
/// <remarks>
/// <c>Speaker</c> is the CSRC; <c>Content</c> a byte of the payload: who spoke fills it with their media id.
/// </remarks>
internal sealed record HeardPacket(
    uint Ssrc,
    uint Speaker,
    ushort SequenceNumber,
    uint Timestamp,
    byte PayloadType,
    byte Content,
    int CsrcCount
);
