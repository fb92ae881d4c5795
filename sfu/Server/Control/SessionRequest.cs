namespace Spaces.Sfu.Server.Control;

/// <summary>A session that signaling wants opened.</summary>
internal sealed record SessionRequest(
    string SessionId,
    string RoomId,
    uint MediaId,
    string Offer,
    MediaPermissions Permissions,
    ReadOnlyMemory<byte> Context
)
{
    /// <summary>Whether the other asks for the very same session; permissions may have changed since.</summary>
    public bool IsSameAs(SessionRequest other) =>
        RoomId == other.RoomId && MediaId == other.MediaId && Offer == other.Offer;
}
