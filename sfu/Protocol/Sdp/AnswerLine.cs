namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>What the answer makes of one offered m-line (RFC 3264 §6.1).</summary>
internal enum AnswerLineRole
{
    /// <summary>Port 0: more slots than there are, or a line the client has stopped.</summary>
    Rejected,

    /// <summary>Kept, with nothing flowing.</summary>
    Inactive,

    Microphone,

    Slot,
}

/// <summary>
/// One m-line of an answer (RFC 3264 §6.1). Two are equal when they agree on everything but credentials.
/// </summary>
internal sealed record AnswerLine(
    AnswerLineRole Role,
    string? Mid,
    string Protocol,
    OfferedAudio Audio,
    SlotIdentity? Slot
);
