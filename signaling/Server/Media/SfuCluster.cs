using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;
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
    Task<FoundSession> JudgeAsync(
        SfuNode node,
        SessionInfo found,
        bool isFirstSight,
        CancellationToken cancellationToken
    );
}

/// <summary>What becomes of a session that this process did not open.</summary>
/// <param name="TakenUp">It is ours now.</param>
/// <param name="IsOrphan">Nobody wants it: it is closed. Else another signaling node looks after it.</param>
internal readonly record struct FoundSession(MediaSession? TakenUp, bool IsOrphan)
{
    public static FoundSession Orphan => new(null, IsOrphan: true);

    public static FoundSession Anothers => new(null, IsOrphan: false);
}

/// <summary>The media nodes, and every session this process has on them.</summary>
internal sealed class SfuCluster : ISfuNodeObserver, IDisposable
{
    private readonly ConcurrentDictionary<string, MediaSession> _sessions = new();
    private readonly HashSet<SfuNode> _seen = [];
    private readonly CancellationTokenSource _stop = new();
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

    /// <summary>Where to put a room that is nowhere yet; null when no node lives.</summary>
    /// <param name="room">The room.</param>
    /// <param name="isAlone">Nothing can be agreed on now: takes the one that every signaling node would take.</param>
    public SfuNode? Preferred(RoomId room, bool isAlone) =>
        isAlone
            ? Nodes
                .Where(node => node.IsAlive)
                .MinBy(
                    node => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{node.Name}/{room.Value}"))),
                    StringComparer.Ordinal
                )
            : LeastLoaded();

    /// <summary>By the name it gives itself.</summary>
    public SfuNode? Find(string? name) =>
        name is { Length: > 0 } ? Nodes.FirstOrDefault(node => node.Name == name) : null;

    public IEnumerable<MediaSession> SessionsOf(LiveRoom room) =>
        _sessions.Values.Where(session => session.Room == room);

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

    /// <summary>Ends a session on its node. Completes when that is done, or else goes on trying.</summary>
    /// <remarks>
    /// Nobody can call it off, least of all the client it belongs to: a session that nobody owns any more would be
    /// heard for as long as its client likes, whatever the host decides.
    /// </remarks>
    public Task CloseAsync(MediaSession session)
    {
        Forget(session);
        session.IsLost = true;
        return CloseOnNodeAsync(session.Node, session.Id);
    }

    /// <summary>As the other, for a session that another signaling node opened.</summary>
    public Task CloseAsync(SfuNode node, string sessionId)
    {
        if (_sessions.TryRemove(sessionId, out var session))
        {
            session.IsLost = true;
        }

        return CloseOnNodeAsync(node, sessionId);
    }

    /// <summary>As <see cref="CloseAsync(MediaSession)"/>, for all that the living nodes have of a room.</summary>
    public Task CloseRoomAsync(RoomId room) =>
        Task.WhenAll(
            Nodes
                .Where(node => node.IsAlive)
                .Select(node => InsistAsync(node, "CloseRoom", stop => node.CloseRoomAsync(room.Value, stop)))
        );

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
            var judged = await Observer!.JudgeAsync(node, found, isFirstSight, cancellationToken);
            if (judged.TakenUp is { } session)
            {
                Register(session);
            }
            else if (judged.IsOrphan)
            {
                SignalingLog.OrphanClosed(_logger, node.Name, found.RoomId);
                await CloseOnNodeAsync(node, found.SessionId);
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
        _stop.Cancel();
        _stop.Dispose();
        foreach (var node in Nodes)
        {
            node.Dispose();
        }
    }

    private Task CloseOnNodeAsync(SfuNode node, string sessionId) =>
        InsistAsync(node, "CloseSession", stop => node.CloseSessionAsync(sessionId, stop));

    /// <summary>
    /// Asks a node until it does it, or is dead: what a dead one still has is closed when it is found again.
    /// </summary>
    /// <returns>Ends with the first attempt; those after it are made in the background.</returns>
    private async Task InsistAsync(SfuNode node, string method, Func<CancellationToken, Task> ask)
    {
        var stop = _stop.Token;
        if (!await TryAsync())
        {
            _ = GoOnAsync();
        }

        async Task GoOnAsync()
        {
            do
            {
                await Task.Delay(Refusal.Backoff(), stop);
            } while (node.IsAlive && !await TryAsync());
        }

        async Task<bool> TryAsync()
        {
            try
            {
                await ask(stop);
                return true;
            }
            catch (RpcException error)
            {
                SignalingLog.ControlCallFailed(_logger, method, node.Name, error.StatusCode);
                return error.StatusCode == StatusCode.NotFound;
            }
        }
    }
}
