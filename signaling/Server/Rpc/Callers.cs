using System.Globalization;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>Tells who makes a call and whether they may, and how a refusal is said over gRPC.</summary>
internal sealed class Callers(AccessTokens tokens)
{
    private const string PushbackHeader = "grpc-retry-pushback-ms";

    /// <summary>Anybody with a token.</summary>
    /// <exception cref="RpcException">There is none that verifies.</exception>
    public AccessToken Authenticate(ServerCallContext context)
    {
        var bearer = Bearer.Of(context.RequestHeaders.GetValue("authorization")) ?? "";
        return tokens.TryVerify(bearer, out var token, out var problem)
            ? token
            : throw Error(StatusCode.Unauthenticated, problem);
    }

    /// <summary>The operator's own system.</summary>
    /// <exception cref="RpcException">It is somebody else.</exception>
    public AccessToken AuthenticateOperator(ServerCallContext context)
    {
        var token = Authenticate(context);
        return IsOperator(token)
            ? token
            : throw Error(StatusCode.PermissionDenied, "The access token lacks the grant admin for all rooms.");
    }

    /// <summary>
    /// Whose matter a call is: the bearer's own where <paramref name="identity"/> is empty or theirs; anybody's for the
    /// operator.
    /// </summary>
    /// <exception cref="RpcException">It is somebody else's.</exception>
    public Identity AuthenticateFor(string identity, string field, ServerCallContext context)
    {
        var token = Authenticate(context);
        if (identity.Length == 0 || identity == token.Identity.Value)
        {
            return token.Identity;
        }

        return IsOperator(token)
            ? CheckIdentity(identity, field)
            : throw Error(
                StatusCode.PermissionDenied,
                "The access token lacks the grant admin for all rooms; without it one asks about oneself only."
            );
    }

    public static bool IsOperator(AccessToken token) => token.Grants is { Admin: true, Room: Grants.AllRooms };

    /// <exception cref="RpcException">It is no identity.</exception>
    public static Identity CheckIdentity(string identity, string field)
    {
        Check(RoomText.Problem(field, identity, Identity.LengthMax));
        return new Identity(identity);
    }

    /// <exception cref="RpcException">There is a problem with what was asked.</exception>
    public static void Check(string? problem)
    {
        if (problem is not null)
        {
            throw Error(StatusCode.InvalidArgument, problem);
        }
    }

    /// <exception cref="RpcException">There is a refusal.</exception>
    public static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw Error(refusal);
        }
    }

    public static RpcException Error(StatusCode code, string message) => new(new Status(code, message));

    public static RpcException Error(RoomRefusal refusal) => Error(Refusal.Of(refusal));

    /// <summary>With the time to wait in the trailers, where trying again may help.</summary>
    public static RpcException Error(Refusal refusal)
    {
        var trailers = new Metadata();
        if (refusal.RetryAfterMs > 0)
        {
            trailers.Add(PushbackHeader, refusal.RetryAfterMs.ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(refusal.Code, refusal.Message), trailers);
    }
}
