using Spaces.Sfu.Protocol.Sdp;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;
using Spaces.Sfu.Server.Telemetry;
using Spaces.V1;
using IceCredentials = Spaces.Sfu.Protocol.Ice.IceCredentials;

namespace Spaces.Sfu.Server.Control;

/// <summary>Carries out what signaling asks: opens, changes and ends sessions on the workers.</summary>
/// <remarks>
/// Changes of one session are made one at a time. A change is in force when its task completes: the worker of the
/// session and the room's home have done it, and what they sent before has left.
/// </remarks>
internal sealed class SessionControl : ISessionObserver, IDisposable
{
    private readonly SessionTable _table;
    private readonly MediaNode _node;
    private readonly ILogger _logger;

    public SessionControl(
        SfuOptions options,
        SessionTable table,
        MediaSurroundings surroundings,
        ILogger<SessionControl> logger
    )
    {
        _table = table;
        _logger = logger;
        _node = new MediaNode(options, this, surroundings, logger);
    }

    public MediaNode Node => _node;

    public async Task<SessionAnswer> OpenAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        if (_table.FindOrReserve(request, _node.Workers, out var session) is { } refusal)
        {
            return refusal;
        }

        await session!.Gate.WaitAsync(cancellationToken);
        try
        {
            if (session.IsGone)
            {
                return new SessionAnswer.Taken($"Session {request.SessionId} has ended; open one with a new id.");
            }

            return session.Answer ?? await OpenNewAsync(session);
        }
        finally
        {
            session.Gate.Release();
        }
    }

    public async Task CloseAsync(string sessionId, CancellationToken cancellationToken)
    {
        if (_table.TryFind(sessionId, out var session))
        {
            await CloseAsync(session, cancellationToken);
        }
    }

    public async Task CloseRoomAsync(string roomId, CancellationToken cancellationToken) =>
        await Task.WhenAll(_table.InRoom(roomId).Select(session => CloseAsync(session, cancellationToken)));

    /// <returns>False when there is no such session.</returns>
    public async Task<bool> SetPermissionsAsync(
        string sessionId,
        MediaPermissions permissions,
        CancellationToken cancellationToken
    )
    {
        if (!_table.TryFind(sessionId, out var session))
        {
            return false;
        }

        await session.Gate.WaitAsync(cancellationToken);
        try
        {
            if (session.IsGone || session.Media is null)
            {
                return false;
            }

            _table.SetPermissions(session, permissions);
            await ApplyAsync(session, permissions);
            SfuLog.PermissionsSet(
                _logger,
                sessionId,
                permissions.MayPublish,
                permissions.IsMuted,
                permissions.MaySubscribe
            );
            return true;
        }
        finally
        {
            session.Gate.Release();
        }
    }

    /// <param name="sessionId">Which session.</param>
    /// <param name="offer">A whole offer, or null when only <paramref name="credentials"/> are given.</param>
    /// <param name="credentials">The client's new ones, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SessionAnswer> RestartIceAsync(
        string sessionId,
        string? offer,
        IceCredentials? credentials,
        CancellationToken cancellationToken
    )
    {
        if (!_table.TryFind(sessionId, out var session))
        {
            return new SessionAnswer.NotFound();
        }

        await session.Gate.WaitAsync(cancellationToken);
        try
        {
            if (session.IsGone || session.Media is null)
            {
                return new SessionAnswer.NotFound();
            }

            var asked = offer ?? $"{credentials!.Ufrag} {credentials.Password}";
            return session.Restart is { } last && last.Asked == asked
                ? last.Answer
                : await RestartAsync(session, asked, offer, credentials);
        }
        finally
        {
            session.Gate.Release();
        }
    }

    public void HandleConnected(MediaSession session) => _table.SetConnected(session);

    public void HandleLost(MediaSession session, SessionEnd end)
    {
        if (_table.TryFind(session.Id, out var known) && known.Media == session)
        {
            var isRoomEmpty = _table.Remove(known, ReasonOf(end));
            _ = ReleaseLostAsync(known, isRoomEmpty);
        }
    }

    public void Dispose() => _node.Dispose();

    private static SessionLostReason ReasonOf(SessionEnd end) =>
        end switch
        {
            SessionEnd.ConsentExpired => SessionLostReason.ConsentExpired,
            SessionEnd.HandshakeFailed => SessionLostReason.HandshakeFailed,
            SessionEnd.Closed => SessionLostReason.Closed,
            _ => throw new ArgumentOutOfRangeException(nameof(end), end, "Unknown end of a session."),
        };

    private async Task<SessionAnswer> OpenNewAsync(ControlSession session)
    {
        var ice = IceCredentials.Generate();
        if (!AudioOfferAnswer.TryAnswer(session.Request.Offer, Options(session, ice), out var audio, out var refusal))
        {
            session.IsGone = true;
            await ForgetRoomAsync(session, _table.Remove(session, lost: null));
            SfuLog.OfferRefused(_logger, session.Request.SessionId, refusal);
            return new SessionAnswer.Refused(refusal);
        }

        session.Audio = audio;
        session.LocalIce = ice;
        await session.Worker.InvokeAsync(() => session.Media = SessionFactory.Create(session, _node));
        await ApplyAsync(session, session.Request.Permissions);
        await session.Worker.InvokeAsync(() => session.Worker.Add(session.Media!));
        session.Answer = new SessionAnswer.Accepted(audio.Answer, ice.Ufrag);
        SfuLog.SessionOpened(_logger, session.Request.SessionId, session.Room.Id, session.Worker.Index);
        return session.Answer;
    }

    private AudioAnswerOptions Options(ControlSession session, IceCredentials ice) =>
        new(ice, _node.Certificate.Fingerprint, _node.CandidatesOf(session.Worker), session.Room.Slots)
        {
            SessionId = session.Room.Number,
        };

    private async Task<SessionAnswer> RestartAsync(
        ControlSession session,
        string asked,
        string? offer,
        IceCredentials? credentials
    )
    {
        var local = IceCredentials.Generate();
        var audio = session.Audio!;
        var remote = credentials;
        string sdp;
        if (offer is not null)
        {
            if (
                !AudioOfferAnswer.TryAnswerRestart(audio, offer, Options(session, local), out var next, out var refusal)
            )
            {
                return new SessionAnswer.Refused(refusal);
            }

            session.Audio = next;
            remote = next.RemoteIce;
            sdp = next.Answer;
        }
        else
        {
            sdp = TrickleIceFragment.Write(audio, local, _node.CandidatesOf(session.Worker));
        }

        await session.Worker.InvokeAsync(() =>
        {
            if (!session.Media!.IsClosed)
            {
                session.Media.Peer.RestartIce(session.Worker.Now(), local, remote!);
                session.Worker.AddUfrag(session.Media, local.Ufrag);
            }
        });
        session.LocalIce = local;
        var answer = new SessionAnswer.Accepted(sdp, local.Ufrag);
        session.Restart = (asked, answer);
        return answer;
    }

    private async Task CloseAsync(ControlSession session, CancellationToken cancellationToken)
    {
        await session.Gate.WaitAsync(cancellationToken);
        try
        {
            if (session.IsGone)
            {
                return;
            }

            session.IsGone = true;
            var isRoomEmpty = _table.Remove(session, lost: null);
            if (session.Media is { } media)
            {
                await session.Worker.InvokeAsync(() => session.Worker.Remove(media));
            }

            await ReleaseAsync(session, isRoomEmpty);
            SfuLog.SessionClosed(_logger, session.Request.SessionId);
        }
        finally
        {
            session.Gate.Release();
        }
    }

    private async Task ReleaseLostAsync(ControlSession session, bool isRoomEmpty)
    {
        await session.Gate.WaitAsync();
        try
        {
            session.IsGone = true;
            await ReleaseAsync(session, isRoomEmpty);
        }
        catch (InvalidOperationException)
        {
            // The workers have stopped, and everything with them.
        }
        finally
        {
            session.Gate.Release();
        }
    }

    /// <summary>
    /// Makes a session's permissions hold, on its worker first: what comes later is dropped where it arrives.
    /// </summary>
    private async Task ApplyAsync(ControlSession session, MediaPermissions permissions)
    {
        var media = session.Media!;
        await session.Worker.InvokeAsync(() => ApplyOnWorker(session, media, permissions));
        var isAttached = permissions.MaySubscribe && media.Listener is not null;
        var wasAttached = session.IsAttached;
        session.IsAttached = isAttached;
        await HomeOf(session).InvokeAsync(() => ApplyAtHome(session, permissions, wasAttached, isAttached));
        await PassAsync(HomeOf(session));
    }

    private static void ApplyOnWorker(ControlSession session, MediaSession media, MediaPermissions permissions)
    {
        if (media.IsClosed)
        {
            return;
        }

        if (media.Microphone is { } microphone)
        {
            microphone.MayPublish = permissions.IsHeard;
        }

        if (media.Listener is not { } listener)
        {
            return;
        }

        var audience = session.Worker.Rooms.Audience(session.Room.Number);
        if (permissions.MaySubscribe)
        {
            audience.Add(listener);
        }
        else
        {
            audience.Remove(listener);
        }
    }

    private void ApplyAtHome(ControlSession session, MediaPermissions permissions, bool wasAttached, bool isAttached)
    {
        var home = HomeOf(session);
        var room = home.Rooms.Home(session.Room.Number);
        room.Router.SetPublishing(
            session.Request.MediaId,
            permissions.IsHeard && session.Media!.Microphone is not null
        );
        if (isAttached && !wasAttached)
        {
            room.AttachListener(session.Media!.Listener!.SlotCount, session.Worker.Index, home.Index);
        }
        else if (wasAttached && !isAttached)
        {
            room.DetachListener(session.Media!.Listener!.SlotCount, session.Worker.Index, home.Index);
        }
    }

    private async Task ReleaseAsync(ControlSession session, bool isRoomEmpty)
    {
        var home = HomeOf(session);
        await home.InvokeAsync(() =>
        {
            var room = home.Rooms.Home(session.Room.Number);
            room.Router.RemoveTrack(session.Request.MediaId);
            if (session.IsAttached)
            {
                session.IsAttached = false;
                room.DetachListener(session.Media!.Listener!.SlotCount, session.Worker.Index, home.Index);
            }
        });
        await PassAsync(home);
        await ForgetRoomAsync(session, isRoomEmpty);
    }

    /// <summary>
    /// When it completes, nothing that <paramref name="home"/> handed over before is still in a ring.
    /// </summary>
    private Task PassAsync(MediaWorker home) => OnWorkersAsync(worker => worker != home, _ => { });

    private async Task ForgetRoomAsync(ControlSession session, bool isRoomEmpty)
    {
        if (isRoomEmpty)
        {
            await OnWorkersAsync(
                _ => true,
                worker =>
                {
                    worker.Rooms.RemoveHome(session.Room.Number);
                    worker.Rooms.RemoveAudience(session.Room.Number);
                }
            );
        }
    }

    /// <summary>
    /// At the same time on all that are meant. No <c>WhenAll</c>: it would hop over a thread of the pool, and a
    /// simulation has one thread.
    /// </summary>
    private async Task OnWorkersAsync(Func<MediaWorker, bool> isMeant, Action<MediaWorker> action)
    {
        Task[] tasks = [.. _node.Workers.Where(isMeant).Select(worker => worker.InvokeAsync(() => action(worker)))];
        foreach (var task in tasks)
        {
            await task;
        }
    }

    private MediaWorker HomeOf(ControlSession session) => _node.Workers[session.Room.HomeWorker];
}
