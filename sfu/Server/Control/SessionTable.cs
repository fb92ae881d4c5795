using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Google.Protobuf;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Sessions;
using Spaces.Sfu.Server.Telemetry;
using Spaces.V1;

namespace Spaces.Sfu.Server.Control;

/// <summary>Every session and room of the node, and who watches them.</summary>
/// <remarks>
/// One lock for all: a snapshot and the events after it must fit together without a gap. Held for a look-up, or for the
/// list of one room or of a snapshot, never over an await. Workers take it only when a session connects or is lost.
/// </remarks>
internal sealed class SessionTable(SfuOptions options, string bootId, ILogger logger)
{
    /// <summary>13 minutes of heartbeats, or a room of thousands that ends at once.</summary>
    private const int WatcherBacklogMax = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ControlSession> _sessions = [];
    private readonly Dictionary<string, RoomRecord> _rooms = [];
    private readonly List<Channel<NodeEvent>> _watchers = [];
    private int[] _sessionsByWorker = [];
    private uint _nextRoomNumber = 1;
    private ulong _heartbeatNumber;
    private bool _isStopping;

    public int SessionCount
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    public int RoomCount
    {
        get
        {
            lock (_lock)
            {
                return _rooms.Count;
            }
        }
    }

    /// <summary>Finds the session, or enters it as new on the least loaded worker.</summary>
    /// <returns>Null when it can be entered; then <paramref name="session"/> is set.</returns>
    public SessionAnswer? FindOrReserve(
        SessionRequest request,
        IReadOnlyList<MediaWorker> workers,
        out ControlSession? session
    )
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(request.SessionId, out session))
            {
                return session.Request.IsSameAs(request)
                    ? null
                    : new SessionAnswer.Taken($"Session {request.SessionId} was opened with another offer.");
            }

            if (_sessions.Count >= options.SessionsMax)
            {
                return new SessionAnswer.Full();
            }

            if (IsMediaIdTaken(request))
            {
                return new SessionAnswer.Taken($"Media id {request.MediaId} is taken in room {request.RoomId}.");
            }

            session = Reserve(request, workers);
            return null;
        }
    }

    public bool TryFind(string sessionId, [NotNullWhen(true)] out ControlSession? session)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(sessionId, out session);
        }
    }

    public IReadOnlyList<ControlSession> InRoom(string roomId)
    {
        lock (_lock)
        {
            return _rooms.TryGetValue(roomId, out var room) ? [.. room.Sessions.Values] : [];
        }
    }

    public void SetPermissions(ControlSession session, MediaPermissions permissions)
    {
        lock (_lock)
        {
            session.Permissions = permissions;
        }
    }

    /// <summary>Takes a session out.</summary>
    /// <param name="session">Which one.</param>
    /// <param name="lost">Why it was lost, for the watchers; null when it was closed.</param>
    /// <returns>Whether the room has nobody left, and is out too.</returns>
    public bool Remove(ControlSession session, SessionLostReason? lost)
    {
        lock (_lock)
        {
            if (!_sessions.Remove(session.Request.SessionId))
            {
                return false;
            }

            _sessionsByWorker[session.Worker.Index]--;
            if (lost is { } reason)
            {
                var sessionLost = new SessionLost { SessionId = session.Request.SessionId, Reason = reason };
                Publish(new NodeEvent { SessionLost = sessionLost });
            }

            session.Room.Sessions.Remove(session.Request.MediaId);
            return session.Room.Sessions.Count == 0 && _rooms.Remove(session.Room.Id);
        }
    }

    public void SetConnected(MediaSession media)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(media.Id, out var session) && !session.IsConnected)
            {
                session.IsConnected = true;
                Publish(new NodeEvent { SessionConnected = new SessionConnected { SessionId = media.Id } });
            }
        }
    }

    public void PublishHeartbeat(double busiestWorkerLoad)
    {
        lock (_lock)
        {
            var heartbeat = new Heartbeat
            {
                Number = ++_heartbeatNumber,
                SessionCount = (uint)_sessions.Count,
                BusiestWorkerLoad = busiestWorkerLoad,
            };
            Publish(new NodeEvent { Heartbeat = heartbeat });
        }
    }

    /// <summary>
    /// A snapshot, and then every event; the reader ends when the node stops or the watcher falls behind.
    /// </summary>
    public Channel<NodeEvent> Watch()
    {
        var watcher = Channel.CreateBounded<NodeEvent>(WatcherBacklogMax);
        lock (_lock)
        {
            watcher.Writer.TryWrite(new NodeEvent { Snapshot = CreateSnapshot() });
            if (_isStopping)
            {
                watcher.Writer.Complete();
            }

            _watchers.Add(watcher);
        }

        return watcher;
    }

    public void Unwatch(Channel<NodeEvent> watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher);
        }
    }

    /// <summary>The node stops: every watcher's stream ends.</summary>
    public void EndWatches()
    {
        lock (_lock)
        {
            _isStopping = true;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryComplete();
            }
        }
    }

    private bool IsMediaIdTaken(SessionRequest request) =>
        _rooms.TryGetValue(request.RoomId, out var room) && room.Sessions.ContainsKey(request.MediaId);

    private ControlSession Reserve(SessionRequest request, IReadOnlyList<MediaWorker> workers)
    {
        if (_sessionsByWorker.Length == 0)
        {
            _sessionsByWorker = new int[workers.Count];
        }

        var worker = Array.IndexOf(_sessionsByWorker, _sessionsByWorker.Min());
        if (!_rooms.TryGetValue(request.RoomId, out var room))
        {
            room = new RoomRecord(request.RoomId, _nextRoomNumber++, worker);
            _rooms.Add(room.Id, room);
        }

        var session = new ControlSession(request, room, workers[worker]);
        _sessions.Add(request.SessionId, session);
        _sessionsByWorker[worker]++;
        room.Sessions.Add(request.MediaId, session);
        return session;
    }

    private NodeSnapshot CreateSnapshot()
    {
        var snapshot = new NodeSnapshot { NodeId = options.NodeId, BootId = bootId };
        snapshot.Sessions.AddRange(
            _sessions.Values.Select(session => new SessionInfo
            {
                SessionId = session.Request.SessionId,
                RoomId = session.Request.RoomId,
                MediaId = session.Request.MediaId,
                Permissions = new SessionPermissions
                {
                    MayPublish = session.Permissions.MayPublish,
                    Muted = session.Permissions.IsMuted,
                    MaySubscribe = session.Permissions.MaySubscribe,
                },
                Connected = session.IsConnected,
                Context = ByteString.CopyFrom(session.Request.Context.Span),
            })
        );
        return snapshot;
    }

    private void Publish(NodeEvent nodeEvent)
    {
        for (var i = _watchers.Count - 1; i >= 0; i--)
        {
            if (!_watchers[i].Writer.TryWrite(nodeEvent) && _watchers[i].Writer.TryComplete())
            {
                SfuLog.WatcherCutOff(logger);
                _watchers.RemoveAt(i);
            }
        }
    }
}
