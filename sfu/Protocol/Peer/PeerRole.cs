namespace Spaces.Sfu.Protocol.Peer;

/// <summary>Which end of the transport this is.</summary>
public enum PeerRole
{
    /// <summary>The SFU: an ICE-lite agent, controlled, and the passive side of DTLS.</summary>
    Server,

    /// <summary>A client: sends the checks, nominates, and opens the DTLS handshake.</summary>
    Client,
}
