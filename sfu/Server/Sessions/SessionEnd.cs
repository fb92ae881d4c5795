namespace Spaces.Sfu.Server.Sessions;

/// <summary>Why a session ended without being asked to.</summary>
internal enum SessionEnd
{
    ConsentExpired,
    HandshakeFailed,
    Closed,
}
