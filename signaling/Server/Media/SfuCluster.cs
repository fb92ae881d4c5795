using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grpc.Core;
using Spaces.V1;

namespace Spaces.Signaling.Server.Media;

/// <summary>What the rooms do when media sessions vanish or turn up.</summary>
internal interface IMediaSessionObserver
{
    /// <summary>The session is gone; called once for each, and at once.</summary>
    void MediaLost(MediaSession session, MediaLostReason reason);

    /// <summary>A session is as it was; its permissions may have changed while the node could not be reached.</summary>
    void MediaKept(MediaSession session);

    /// <summary>A node has a session that this process did not open.</summary>
    /// <param name="node">Where it is.</param>
    /// <param name="found">The session.</param>
    /// <param name="isFirstSight">This process has not followed the node before: whoever it is was here before
    /// us.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The session taken up, or null: nobody wants it.</returns>
    Task<MediaSession?> TakeUpAsync(
        SfuNode node,
        SessionInfo found,
        bool isFirstSight,
        CancellationToken cancellationToken
    );
}

/// <summary>The media nodes, and every session this process has on them.</summary>
internal sealed class SfuCluster : ISfuNodeObserver, IDisposable
{
    private readonly ConcurrentDictionary<string, MediaSession> _sessions = new();
    private readonly HashSet<SfuNode> _seen = [];
    private readonly ILogger _logger;

    public SfuCluster(SignalingOptions options, SfuTimings timings, ILogger<SfuCluster> logger)
    {
        _logger = logger;
        Nodes = [.. options.SfuNodes.Select(url => new SfuNode(url, options.ControlKey, timings, logger))];
    }

    public ImmutableArray<SfuNode> Nodes { get; }

    /// <summary>Set once before <see cref="RunAsync"/>.</summary>
    public IMediaSessionObserver? Observer { get; set; }

    /// <summary>Ends when every node has been reached once, or could not be.</summary>
    public Task FirstAttempt => Task.WhenAll(Nodes.Select(node => node.FirstAttempt));

    public bool AnyAlive => Nodes.Any(node => node.IsAlive);

    public int SessionCount => _sessions.Count;

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Nodes.Select(node => node.RunAsync(this, stop)));

    /// <summary>The node with the most room left, or null when none lives.</summary>
    public SfuNode? LeastLoaded() =>
        Nodes.Where(node => node.IsAlive).MinBy(node => (node.BusiestWorkerLoad, node.SessionCount));

    /// <summary>From now on the session is ours; called before the node is asked to open it.</summary>
    public void Register(MediaSession session) => _sessions[session.Id] = session;

    public void Forget(MediaSession session) => _sessions.TryRemove(session.Id, out _);

    /// <summary>The session is gone without having been asked to.</summary>
    public void Lose(MediaSession session, MediaLostReason reason)
    {
        session.IsLost = true;
        if (_sessions.TryRemove(session.Id, out _))
        {
            Observer!.MediaLost(session, reason);
        }
    }

    /// <summary>Ends a session on its node; a node that does not answer is reconciled when it is found again.</summary>
    public async Task CloseAsync(MediaSession session, CancellationToken cancellationToken)
    {
        Forget(session);
        session.IsLost = true;
        await CloseOnNodeAsync(session.Node, session.Id, cancellationToken);
    }

    public async Task NodeFoundAsync(SfuNode node, NodeSnapshot snapshot, CancellationToken cancellationToken)
    {
        var isFirstSight = _seen.Add(node);
        var there = snapshot.Sessions.Select(session => session.SessionId).ToHashSet();
        foreach (var session in _sessions.Values.Where(session => session.Node == node))
        {
            if (there.Contains(session.Id))
            {
                session.Applied = null; // Said again, whatever the node did with what was said last.
                Observer!.MediaKept(session);
            }
            else if (session.IsOpen)
            {
                Lose(session, MediaLostReason.NodeLost);
            }
        }

        foreach (var found in snapshot.Sessions.Where(session => !_sessions.ContainsKey(session.SessionId)))
        {
            if (await Observer!.TakeUpAsync(node, found, isFirstSight, cancellationToken) is { } session)
            {
                Register(session);
            }
            else
            {
                SignalingLog.OrphanClosed(_logger, node.Name, found.RoomId);
                await CloseOnNodeAsync(node, found.SessionId, cancellationToken);
            }
        }
    }

    public void NodeLost(SfuNode node)
    {
        foreach (var session in _sessions.Values.Where(session => session.Node == node))
        {
            Lose(session, MediaLostReason.NodeLost);
        }
    }

    public void SessionLost(SfuNode node, SessionLost lost)
    {
        if (_sessions.TryGetValue(lost.SessionId, out var session))
        {
            Lose(
                session,
                lost.Reason switch
                {
                    SessionLostReason.ConsentExpired => MediaLostReason.ConsentExpired,
                    SessionLostReason.HandshakeFailed => MediaLostReason.HandshakeFailed,
                    SessionLostReason.Closed => MediaLostReason.Closed,
                    SessionLostReason.Unspecified => MediaLostReason.Unspecified,
                    _ => MediaLostReason.Unspecified,
                }
            );
        }
    }

    public void Dispose()
    {
        foreach (var node in Nodes)
        {
            node.Dispose();
        }
    }

    private async Task CloseOnNodeAsync(SfuNode node, string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            await node.CloseSessionAsync(sessionId, cancellationToken);
        }
        catch (RpcException error)
        {
            SignalingLog.CloseFailed(_logger, node.Name, error.StatusCode);
        }
        catch (OperationCanceledException)
        {
            // Stopping. The session is found as an orphan later.
        }
    }
}
