namespace Spaces.Sfu.Routing;

/// <summary>What became of a microphone packet.</summary>
public enum MicrophoneVerdict
{
    Routed,

    /// <summary>It came before: within a later packet (RED).</summary>
    Repeated,

    /// <summary>The participant may not speak or is muted.</summary>
    Forbidden,

    /// <summary>Not the session's one SSRC, or not a negotiated payload type.</summary>
    Foreign,

    /// <summary>Not RTP, not RED where RED was due, or without payload.</summary>
    Malformed,

    /// <summary>Above the rate of any microphone.</summary>
    TooFast,
}
