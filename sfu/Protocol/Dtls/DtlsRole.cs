namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>Who opens the handshake (RFC 5763 §5).</summary>
public enum DtlsRole
{
    /// <summary>Passive: <c>a=setup:passive</c>.</summary>
    Server,

    /// <summary>Active: <c>a=setup:active</c>.</summary>
    Client,
}
