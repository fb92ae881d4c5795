using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>What a token must hold for calls about rooms, and how an outcome becomes an answer.</summary>
internal static class RoomCalls
{
    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public static void Require(bool granted, string grant)
    {
        if (!granted)
        {
            throw Callers.Error(StatusCode.PermissionDenied, $"The access token lacks the grant {grant}.");
        }
    }

    public static bool Covers(AccessToken token, string roomId) => token.Grants.Covers(new RoomId(roomId));

    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public static void RequireCovers(AccessToken token, string roomId)
    {
        if (!Covers(token, roomId))
        {
            throw Callers.Error(StatusCode.PermissionDenied, "The access token is for another room.");
        }
    }

    /// <exception cref="RpcException">It is a refusal.</exception>
    public static T Value<T>(Outcome<T> outcome)
        where T : class => outcome.IsRefused(out var refusal, out var value) ? throw Callers.Error(refusal) : value;
}
