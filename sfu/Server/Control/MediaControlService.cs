using Grpc.Core;
using Spaces.V1;
using ProtocolCredentials = Spaces.Sfu.Protocol.Ice.IceCredentials;

namespace Spaces.Sfu.Server.Control;

/// <summary>The gRPC side of this node. It parses, hands over and maps the answer; no rule lives here.</summary>
internal sealed class MediaControlService(SessionControl sessions, SessionTable table)
    : V1.MediaControlService.MediaControlServiceBase
{
    private const int IdLengthMax = 64;
    private const int OfferLengthMax = 64 * 1024;
    private const int ContextLengthMax = 4 * 1024;

    public override async Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context)
    {
        Require(request.MediaId != 0, "media_id must not be 0.");
        Require(request.Context.Length <= ContextLengthMax, $"context must have at most {ContextLengthMax} bytes.");
        var answer = await sessions.OpenAsync(
            new SessionRequest(
                RequireId(request.SessionId, "session_id"),
                RequireId(request.RoomId, "room_id"),
                request.MediaId,
                RequireOffer(request.SdpOffer),
                Permissions(request.Permissions),
                request.Context.Memory
            ),
            context.CancellationToken
        );
        var accepted = RequireAccepted(answer, request.SessionId);
        return new OpenSessionResponse { SdpAnswer = accepted.Sdp, IceUfrag = accepted.IceUfrag };
    }

    public override async Task<CloseSessionResponse> CloseSession(
        CloseSessionRequest request,
        ServerCallContext context
    )
    {
        await sessions.CloseAsync(RequireId(request.SessionId, "session_id"), context.CancellationToken);
        return new CloseSessionResponse();
    }

    public override async Task<SetPermissionsResponse> SetPermissions(
        SetPermissionsRequest request,
        ServerCallContext context
    )
    {
        var id = RequireId(request.SessionId, "session_id");
        var isFound = await sessions.SetPermissionsAsync(
            id,
            Permissions(request.Permissions),
            context.CancellationToken
        );
        return isFound ? new SetPermissionsResponse() : throw NotFound(id);
    }

    public override async Task<RestartIceResponse> RestartIce(RestartIceRequest request, ServerCallContext context)
    {
        var id = RequireId(request.SessionId, "session_id");
        var (offer, credentials) = request.RemoteCase switch
        {
            RestartIceRequest.RemoteOneofCase.SdpOffer => (RequireOffer(request.SdpOffer), null),
            RestartIceRequest.RemoteOneofCase.Credentials => ((string?)null, RequireCredentials(request.Credentials)),
            RestartIceRequest.RemoteOneofCase.None => throw Invalid("Set sdp_offer or credentials."),
            _ => throw Invalid("Set sdp_offer or credentials."),
        };
        var answer = await sessions.RestartIceAsync(id, offer, credentials, context.CancellationToken);
        var accepted = RequireAccepted(answer, id);
        return new RestartIceResponse { Sdp = accepted.Sdp, IceUfrag = accepted.IceUfrag };
    }

    public override async Task<CloseRoomResponse> CloseRoom(CloseRoomRequest request, ServerCallContext context)
    {
        await sessions.CloseRoomAsync(RequireId(request.RoomId, "room_id"), context.CancellationToken);
        return new CloseRoomResponse();
    }

    public override async Task Watch(
        WatchRequest request,
        IServerStreamWriter<NodeEvent> responseStream,
        ServerCallContext context
    )
    {
        var watch = table.Watch();
        try
        {
            await foreach (var nodeEvent in watch.Reader.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(nodeEvent);
            }
        }
        finally
        {
            table.Unwatch(watch);
        }

        throw new RpcException(
            new Status(StatusCode.Unavailable, "The node stops, or the watcher fell behind; watch again.")
        );
    }

    private static SessionAnswer.Accepted RequireAccepted(SessionAnswer answer, string sessionId) =>
        answer switch
        {
            SessionAnswer.Accepted accepted => accepted,
            SessionAnswer.Refused refused => throw Invalid(refused.Reason),
            SessionAnswer.Taken taken => throw new RpcException(new Status(StatusCode.AlreadyExists, taken.Reason)),
            SessionAnswer.Full => throw new RpcException(
                new Status(StatusCode.ResourceExhausted, "The node has all the sessions it may have; use another node.")
            ),
            SessionAnswer.NotFound => throw NotFound(sessionId),
            _ => throw new InvalidOperationException($"Unknown answer {answer}."),
        };

    private static MediaPermissions Permissions(SessionPermissions? permissions) =>
        permissions is null
            ? default
            : new MediaPermissions(permissions.MayPublish, permissions.Muted, permissions.MaySubscribe);

    private static string RequireId(string id, string field)
    {
        Require(id.Length is >= 1 and <= IdLengthMax, $"{field} must have 1 to {IdLengthMax} characters.");
        return id;
    }

    private static string RequireOffer(string offer)
    {
        Require(offer.Length is >= 1 and <= OfferLengthMax, $"sdp_offer must have 1 to {OfferLengthMax} characters.");
        return offer;
    }

    private static ProtocolCredentials RequireCredentials(IceCredentials credentials)
    {
        var parsed = new ProtocolCredentials(credentials.Ufrag, credentials.Password);
        Require(parsed.IsWellFormed, "credentials: ufrag must have 4-256 ICE characters, password 22-256.");
        return parsed;
    }

    private static void Require(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw Invalid(otherwise);
        }
    }

    private static RpcException Invalid(string reason) => new(new Status(StatusCode.InvalidArgument, reason));

    private static RpcException NotFound(string sessionId) =>
        new(new Status(StatusCode.NotFound, $"There is no session {sessionId} on this node."));
}
