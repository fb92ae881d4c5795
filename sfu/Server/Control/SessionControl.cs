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
    private readonly WorkerChanges _changes;

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
        _changes = new WorkerChanges(_node.Workers);
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
            await _changes.ApplyAsync(session, permissions);
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
            await _changes.ForgetRoomAsync(session, _table.Remove(session, lost: null));
            SfuLog.OfferRefused(_logger, session.Request.SessionId, refusal);
            return new SessionAnswer.Refused(refusal);
        }

        session.Audio = audio;
        session.LocalIce = ice;
        await session.Worker.InvokeAsync(() => session.Media = SessionFactory.Create(session, _node));
        await _changes.ApplyAsync(session, session.Request.Permissions);
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

            await _changes.ReleaseAsync(session, isRoomEmpty);
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
            await _changes.ReleaseAsync(session, isRoomEmpty);
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
}
