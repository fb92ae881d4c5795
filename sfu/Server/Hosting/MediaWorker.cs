using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Server.Sessions;
using Spaces.Sfu.Server.Telemetry;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>One worker: its sessions, the rooms that are at home here, and the listeners of all rooms.</summary>
/// <remarks>
/// Everything but <see cref="InvokeAsync"/> and the counters runs on the worker's thread and needs no lock. Hot path
/// is a datagram of RTP: one look-up, decrypt, route, and per listener encrypt and one entry in a send batch.
/// </remarks>
internal sealed class MediaWorker : IUdpWorkerHandler, IDisposable
{
    private static readonly TimeSpan FaultLogInterval = TimeSpan.FromSeconds(1);

    private readonly IDatagramLoop _loop;
    private readonly ISessionObserver _observer;
    private readonly ILogger _logger;
    private readonly WorkerCommands _commands;
    private readonly WorkerSessions _sessions = new();
    private readonly WorkerRooms _rooms;
    private readonly WorkerRings _rings;
    private readonly WorkerHandshakes _handshakes;
    private readonly IHandshakePool _pool;
    private Instant? _faultLoggedAt;

    public MediaWorker(
        int index,
        IDatagramLoop loop,
        WorkerRings rings,
        IHandshakePool pool,
        Func<Random> createRandom,
        ISessionObserver observer,
        ILogger logger
    )
    {
        Index = index;
        _loop = loop;
        _observer = observer;
        _logger = logger;
        _rings = rings;
        _rooms = new WorkerRooms(index, rings, createRandom);
        _commands = new WorkerCommands(_loop.Wake);
        _handshakes = new WorkerHandshakes(_loop.Wake);
        _pool = pool;
    }

    public int Index { get; }

    /// <summary>The UDP port, the same on every address.</summary>
    public int Port => _loop.Port;

    public WorkerCounters Counters => _loop.Counters;

    public DropCounters Drops { get; } = new();

    public PacketRing[] InboundRings => _rings.Inbound;

    /// <summary>For commands only.</summary>
    public WorkerRooms Rooms => _rooms;

    /// <summary>The monotonic clock. From any thread.</summary>
    public Instant Now() => new(_loop.Now());

    public void Start() => _loop.Start(this);

    public void Wake() => _loop.Wake();

    /// <summary>
    /// Does <paramref name="action"/> on the worker's thread; completes when its sends are with the kernel.
    /// </summary>
    public Task InvokeAsync(Action action) => _commands.InvokeAsync(action);

    /// <summary>Ends the thread. Sessions that were not closed before hear nothing more.</summary>
    public void Stop()
    {
        _loop.Stop();
        _commands.Close();
    }

    public void Dispose()
    {
        Stop();
        while (_handshakes.TryTake(out var handshake))
        {
            handshake.Session!.Peer.HandleHandshake(Now());
        }

        foreach (var session in _sessions.All)
        {
            session.Dispose();
        }

        _sessions.Clear();
        _loop.Dispose();
    }

    /// <summary>The sends of a socket; for the worker's thread.</summary>
    public IDatagramSender Sends(int socket) => _loop.Sends(socket);

    /// <summary>What computes a new session's handshake and brings it back here. From any thread.</summary>
    public SessionHandshake CreateHandshake() => new(_pool, _handshakes);

    /// <summary>Command: a session begins here.</summary>
    public void Add(MediaSession session) => _sessions.Add(session);

    /// <summary>Command: the session answers to a new ufrag too (ICE restart).</summary>
    public void AddUfrag(MediaSession session, string ufrag)
    {
        _sessions.AddUfrag(session, ufrag);
        After(session);
    }

    /// <summary>Command: says goodbye to the peer and forgets the session. Doing it twice changes nothing.</summary>
    public void Remove(MediaSession session)
    {
        if (session.IsClosed)
        {
            return;
        }

        session.Close();
        Transmit(session);
        Forget(session);
    }

    /// <summary>Command: before the process ends.</summary>
    public void RemoveAll()
    {
        foreach (var session in _sessions.All.ToArray())
        {
            Remove(session);
        }
    }

    public void HandleDatagram(long nowNanoseconds, int socket, DatagramAddress source, Span<byte> datagram)
    {
        var now = new Instant(nowNanoseconds);
        var path = new NetworkPath(new TransportAddress(source.Ip, source.Port), socket);
        switch (Datagram.Classify(datagram))
        {
            case DatagramKind.Rtp:
                HandleRtp(now, path, datagram);
                break;
            case DatagramKind.Rtcp:
                HandleRtcp(now, path, datagram);
                break;
            case DatagramKind.Stun:
                HandleStun(now, path, datagram);
                break;
            case DatagramKind.Dtls:
                HandleDtls(now, path, datagram);
                break;
            case DatagramKind.Unknown:
            default:
                Drops.UnknownKind++;
                break;
        }
    }

    public long HandleTurn(long nowNanoseconds)
    {
        var now = new Instant(nowNanoseconds);
        _rings.Drain(_rooms, now);
        _commands.Run();
        while (_handshakes.TryTake(out var handshake))
        {
            handshake.Session!.Peer.HandleHandshake(now);
            After(handshake.Session);
        }

        while (_sessions.Deadlines.TryDequeueDue(now, out var session))
        {
            if (!session.IsClosed)
            {
                session.HandleTimeout(now);
                After(session);
            }
        }

        _rings.WakeReaders();
        return _sessions.Deadlines.Next?.Nanoseconds ?? long.MaxValue;
    }

    public void HandleFlushed() => _commands.Complete();

    /// <summary>Whoever can cause one fault can cause a million: the log gets one a second, the counter all.</summary>
    public void HandleFault(Exception exception)
    {
        var now = Now();
        if (_faultLoggedAt is { } last && now - last < FaultLogInterval)
        {
            return;
        }

        _faultLoggedAt = now;
        SfuLog.WorkerFault(_logger, exception, Index, Counters.Faults);
    }

    private void HandleRtp(Instant now, NetworkPath path, Span<byte> datagram)
    {
        if (!_sessions.Paths.TryFind(path, out var entry))
        {
            Drops.UnknownPath++;
        }
        else if (entry.Owner.HandleRtp(now, path, datagram, Drops))
        {
            entry.HeardAt = now;
            if (entry.Owner.IsMissingPackets)
            {
                _sessions.Deadlines.Update(entry.Owner);
            }
        }
    }

    private void HandleRtcp(Instant now, NetworkPath path, Span<byte> datagram)
    {
        if (!_sessions.Paths.TryFind(path, out var entry))
        {
            Drops.UnknownPath++;
            return;
        }

        var session = entry.Owner;
        if (session.HandleRtcp(now, path, datagram, Drops))
        {
            entry.HeardAt = now;
        }

        if (session.HasSaidGoodbye)
        {
            Lose(session, SessionEnd.Closed, "The client said goodbye for its only stream.");
        }
    }

    private void HandleStun(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (!_sessions.TryFindByUfrag(datagram, out var session))
        {
            Drops.UnknownUfrag++;
            return;
        }

        if (!_sessions.Paths.MayTake(path, session, now))
        {
            Drops.TakenPath++;
            return;
        }

        if (!session.Peer.HandleStun(now, path, datagram))
        {
            // The agent may still have an error to answer, e.g. 400 or 420 (RFC 8489 §6.3.1).
            Drops.Unauthenticated++;
        }
        else
        {
            _sessions.Take(path, session, now);
        }

        After(session);
    }

    private void HandleDtls(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (!_sessions.Paths.TryFind(path, out var entry))
        {
            Drops.UnknownPath++;
            return;
        }

        var session = entry.Owner;
        if (!session.Peer.HandleDtls(now, path, datagram))
        {
            Drops.Unauthenticated++;
        }

        After(session);
    }

    private void After(MediaSession session)
    {
        Transmit(session);
        while (!session.IsClosed && session.Peer.TryDequeueEvent(out var peerEvent))
        {
            Handle(session, peerEvent);
        }

        if (!session.IsClosed)
        {
            _sessions.Deadlines.Update(session);
        }
    }

    private void Transmit(MediaSession session)
    {
        while (session.Peer.TryDequeueTransmit(out var transmit))
        {
            var remote = transmit.Path.Remote;
            var batch = _loop.Sends(transmit.Path.LocalSocket);
            transmit.Payload.Span.CopyTo(batch.Rent(new DatagramAddress(remote.Ip, remote.Port)));
            batch.Commit(transmit.Payload.Length);
        }
    }

    private void Handle(MediaSession session, PeerEvent peerEvent)
    {
        switch (peerEvent)
        {
            case PeerEvent.Connected connected:
                session.HandleConnected(Now());
                SfuLog.SessionConnected(_logger, session.Id, connected.Profile);
                _observer.HandleConnected(session);
                break;
            case PeerEvent.PathChanged changed:
                SfuLog.PathChanged(_logger, session.Id, changed.Path);
                break;
            case PeerEvent.ConsentExpired:
                Lose(session, SessionEnd.ConsentExpired, "No authenticated check for 30 seconds.");
                break;
            case PeerEvent.HandshakeFailed failed:
                // Who never proved an address did not fail a handshake: it never came.
                Lose(
                    session,
                    session.Paths.IsEmpty ? SessionEnd.ConsentExpired : SessionEnd.HandshakeFailed,
                    failed.Reason
                );
                break;
            case PeerEvent.Closed:
                Lose(session, SessionEnd.Closed, "The client closed DTLS.");
                break;
            default:
                throw new InvalidOperationException($"Unknown peer event {peerEvent}.");
        }
    }

    private void Lose(MediaSession session, SessionEnd end, string reason)
    {
        Remove(session);
        SfuLog.SessionLost(_logger, session.Id, end, reason);
        _observer.HandleLost(session, end);
    }

    private void Forget(MediaSession session)
    {
        _sessions.Remove(session);
        if (session.Listener is { } listener)
        {
            _rooms.Audience(session.Room).Remove(listener);
        }

        session.Dispose();
    }
}
