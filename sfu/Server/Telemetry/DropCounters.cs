namespace Spaces.Sfu.Server.Telemetry;

/// <summary>Datagrams that one worker dropped, by reason. Written by its thread alone; read by anyone.</summary>
internal sealed class DropCounters
{
    /// <summary>Neither STUN, DTLS, RTP nor RTCP.</summary>
    public long UnknownKind { get; set; }

    /// <summary>No authenticated check came from there.</summary>
    public long UnknownPath { get; set; }

    /// <summary>A check for one session from an address that another is heard from.</summary>
    public long TakenPath { get; set; }

    /// <summary>STUN for a session that is not here.</summary>
    public long UnknownUfrag { get; set; }

    /// <summary>Failed integrity, tag or replay check.</summary>
    public long Unauthenticated { get; set; }

    /// <summary>Authentic, but not well-formed RTP or RTCP.</summary>
    public long Malformed { get; set; }

    /// <summary>Microphone packets of somebody who may not speak or is muted.</summary>
    public long Forbidden { get; set; }

    /// <summary>An SSRC or payload type that was not negotiated.</summary>
    public long Foreign { get; set; }

    /// <summary>Above the rate of any microphone.</summary>
    public long TooFast { get; set; }
}
