namespace Spaces.Sfu.Protocol.Stun;

/// <summary>The error codes this side answers with (RFC 8489 §14.8, RFC 8445 §16.2).</summary>
public enum StunErrorCode
{
    None = 0,
    UnknownAttribute = 420,
    RoleConflict = 487,
}
