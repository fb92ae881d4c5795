namespace Spaces.Sfu.Protocol;

/// <summary>Which protocol a datagram on the one shared UDP port belongs to (RFC 7983 §7, RFC 9443 §3).</summary>
public enum DatagramKind
{
    /// <summary>None that this stack speaks: drop it.</summary>
    Unknown,
    Stun,
    Dtls,
    Rtp,
    Rtcp,
}
