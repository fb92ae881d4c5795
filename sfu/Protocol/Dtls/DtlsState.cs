namespace Spaces.Sfu.Protocol.Dtls;

/// <summary>How far a <see cref="DtlsConnection"/> is.</summary>
public enum DtlsState
{
    Handshaking,

    /// <summary>The peer's certificate matched and <see cref="DtlsConnection.Keys"/> are there.</summary>
    Connected,

    /// <summary>There never will be keys; <see cref="DtlsConnection.FailureReason"/> says why.</summary>
    Failed,

    /// <summary>It was connected, and the peer said goodbye.</summary>
    Closed,
}
