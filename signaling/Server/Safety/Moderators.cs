using Grpc.Core;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Who may decide on people and Spaces for the operator.</summary>
internal static class Moderators
{
    public const int NoteLengthMax = 1_000;
    public const int ReasonLengthMax = 500;
    private const int YearsMax = 10;

    /// <exception cref="RpcException">It is somebody else.</exception>
    public static AccessToken AuthenticateModerator(this Callers callers, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        return token.Grants is { Room: Grants.AllRooms } and ({ Moderate: true } or { Admin: true })
            ? token
            : throw Callers.Error(
                StatusCode.PermissionDenied,
                "The access token lacks the grant moderate or admin for all rooms."
            );
    }

    /// <summary>How long something lasts that is to end then; null: for good.</summary>
    /// <exception cref="RpcException">It lies behind, or too far ahead.</exception>
    public static TimeSpan? ReadEnd(
        Google.Protobuf.WellKnownTypes.Timestamp? end,
        string field,
        DateTimeOffset now,
        out DateTimeOffset? at
    )
    {
        at = null;
        if (end is null)
        {
            return null;
        }

        var isFine = Admin.Timestamps.TryRead(end, out var time) && time > now && time <= now.AddYears(YearsMax);
        Callers.Check(isFine ? null : $"{field} must lie ahead, by at most {YearsMax} years. Leave it out for no end.");
        at = time;
        return time - now;
    }
}
