using Spaces.Sfu.Protocol.Srtp;

namespace Spaces.Sfu.Protocol.Peer;

/// <summary>What happened to a peer's transport. Drained with <see cref="PeerTransport.TryDequeueEvent"/>.</summary>
public abstract record PeerEvent
{
    private PeerEvent() { }

    /// <summary>The handshake is done, the certificate is the announced one, SRTP keys are installed. Once.</summary>
    public sealed record Connected(SrtpProfile Profile) : PeerEvent;

    /// <summary>Media to the peer goes to this address from now on; raised for the first one too.</summary>
    public sealed record PathChanged(NetworkPath Path) : PeerEvent;

    /// <summary>
    /// No authenticated check for 30 s (RFC 7675 §5.1): nothing may be sent any more. Close the session.
    /// </summary>
    public sealed record ConsentExpired : PeerEvent;

    /// <summary>
    /// There never will be keys: wrong certificate, nothing in common, or out of time. Close the session.
    /// </summary>
    /// <param name="Reason">A sentence for the log of the operator; holds no secret and no address.</param>
    public sealed record HandshakeFailed(string Reason) : PeerEvent;

    /// <summary>
    /// The peer said goodbye (DTLS close_notify or a fatal alert, both authenticated). Close the session.
    /// </summary>
    public sealed record Closed : PeerEvent;
}
