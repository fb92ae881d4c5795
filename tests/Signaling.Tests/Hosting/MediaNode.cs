using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>
/// A media node without media: a real gRPC service that keeps what it is told and says what it is made to.
/// </summary>
internal sealed class MediaNode : MediaControlService.MediaControlServiceBase
{
    public const string ControlKey = "the control key of the tests";

    private readonly ConcurrentDictionary<Channel<NodeEvent>, byte> _watchers = new();

    public ConcurrentDictionary<string, SessionInfo> Sessions { get; } = new();

    /// <summary>What was asked, in order: method and session or room.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public string BootId { get; set; } = Guid.NewGuid().ToString();

    /// <summary>While set, SetPermissions fails with it.</summary>
    public StatusCode? SetPermissionsFails { get; set; }

    /// <summary>While set, OpenSession is refused with it.</summary>
    public Status? OpenSessionFails { get; set; }

    /// <summary>While set, CloseSession fails with it.</summary>
    public StatusCode? CloseSessionFails { get; set; }

    /// <summary>CloseSession is not done before this is.</summary>
    public Task CloseSessionHeld { get; set; } = Task.CompletedTask;

    public SessionInfo SessionOf(Participant participant) =>
        Sessions.Values.Single(session => session.MediaId == participant.MediaId);

    public bool HasSessionOf(Participant participant) =>
        Sessions.Values.Any(session => session.MediaId == participant.MediaId);

    /// <summary>Ends a session as the node does by itself.</summary>
    public void Lose(string sessionId, SessionLostReason reason)
    {
        Sessions.TryRemove(sessionId, out _);
        var lost = new NodeEvent
        {
            SessionLost = new SessionLost { SessionId = sessionId, Reason = reason },
        };
        foreach (var watcher in _watchers.Keys)
        {
            watcher.Writer.TryWrite(lost);
        }
    }

    public override Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context)
    {
        Called(context, $"open {request.SessionId}");
        if (OpenSessionFails is { } failure)
        {
            throw new RpcException(failure);
        }

        Sessions[request.SessionId] = new SessionInfo
        {
            SessionId = request.SessionId,
            RoomId = request.RoomId,
            MediaId = request.MediaId,
            Permissions = request.Permissions,
            Context = ByteString.CopyFrom(request.Context.Span),
        };
        return Task.FromResult(
            new OpenSessionResponse
            {
                SdpAnswer = $"answer to {request.SdpOffer}",
                IceUfrag = $"ufrag-of-{request.SessionId}",
            }
        );
    }

    public override async Task<CloseSessionResponse> CloseSession(
        CloseSessionRequest request,
        ServerCallContext context
    )
    {
        Called(context, $"close {request.SessionId}");
        await CloseSessionHeld.WaitAsync(context.CancellationToken);
        if (CloseSessionFails is { } code)
        {
            throw new RpcException(new Status(code, "made to fail"));
        }

        Sessions.TryRemove(request.SessionId, out _);
        return new CloseSessionResponse();
    }

    public override Task<SetPermissionsResponse> SetPermissions(
        SetPermissionsRequest request,
        ServerCallContext context
    )
    {
        Called(context, $"permit {request.SessionId}");
        if (SetPermissionsFails is { } code)
        {
            throw new RpcException(new Status(code, "made to fail"));
        }

        if (!Sessions.TryGetValue(request.SessionId, out var session))
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no such session"));
        }

        session.Permissions = request.Permissions;
        return Task.FromResult(new SetPermissionsResponse());
    }

    public override Task<RestartIceResponse> RestartIce(RestartIceRequest request, ServerCallContext context)
    {
        Called(context, $"restart {request.SessionId}");
        var credentials = request.Credentials is { } given ? $"{given.Ufrag}:{given.Password}" : request.SdpOffer;
        return Task.FromResult(
            new RestartIceResponse { Sdp = $"restarted with {credentials}", IceUfrag = Guid.NewGuid().ToString("N") }
        );
    }

    public override Task<CloseRoomResponse> CloseRoom(CloseRoomRequest request, ServerCallContext context)
    {
        Called(context, $"close room {request.RoomId}");
        foreach (var session in Sessions.Values.Where(session => session.RoomId == request.RoomId))
        {
            Sessions.TryRemove(session.SessionId, out _);
        }

        return Task.FromResult(new CloseRoomResponse());
    }

    public override async Task Watch(
        WatchRequest request,
        IServerStreamWriter<NodeEvent> responseStream,
        ServerCallContext context
    )
    {
        Called(context, "watch");
        var events = Channel.CreateUnbounded<NodeEvent>();
        _watchers[events] = 0;
        try
        {
            var snapshot = new NodeSnapshot { NodeId = "node-1", BootId = BootId };
            snapshot.Sessions.AddRange(Sessions.Values.Select(session => session.Clone()));
            await responseStream.WriteAsync(new NodeEvent { Snapshot = snapshot });
            using var heartbeats = new Timer(
                _ => events.Writer.TryWrite(new NodeEvent { Heartbeat = new Heartbeat() }),
                null,
                TimeSpan.Zero,
                TimeSpan.FromMilliseconds(200)
            );
            await foreach (var next in events.Reader.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(next);
            }
        }
        finally
        {
            _watchers.TryRemove(events, out _);
        }
    }

    private void Called(ServerCallContext context, string call)
    {
        if (context.RequestHeaders.GetValue("authorization") != $"Bearer {ControlKey}")
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, "wrong control key"));
        }

        Calls.Enqueue(call);
    }
}
