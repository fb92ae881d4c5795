using System.Text;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Protocol.Stun;
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
    private const int UfragLengthMax = 256;

    private static readonly TimeSpan FaultLogInterval = TimeSpan.FromSeconds(1);

    private readonly IDatagramLoop _loop;
    private readonly ISessionObserver _observer;
    private readonly ILogger _logger;
    private readonly WorkerCommands _commands;
    private readonly DeadlineQueue<MediaSession> _deadlines = new();
    private readonly Dictionary<string, MediaSession> _byUfrag = [];
    private readonly Dictionary<string, MediaSession>.AlternateLookup<ReadOnlySpan<char>> _byUfragSpan;
    private readonly PathTable<MediaSession> _paths = new();
    private readonly WorkerRooms _rooms;
    private readonly WorkerRings _rings;
    private Instant? _faultLoggedAt;

    public MediaWorker(
        int index,
        IDatagramLoop loop,
        WorkerRings rings,
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
        _byUfragSpan = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();
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
        foreach (var session in _byUfrag.Values.Distinct())
        {
            session.Dispose();
        }

        _byUfrag.Clear();
        _paths.Clear();
        _loop.Dispose();
    }

    /// <summary>The sends of a socket; for the worker's thread.</summary>
    public IDatagramSender Sends(int socket) => _loop.Sends(socket);

    /// <summary>Command: a session begins here.</summary>
    public void Add(MediaSession session)
    {
        _byUfrag[session.LocalUfrag] = session;
        _deadlines.Update(session);
    }

    /// <summary>Command: the session answers to a new ufrag too (ICE restart).</summary>
    public void AddUfrag(MediaSession session, string ufrag)
    {
        _byUfrag[ufrag] = session;
        if (session.AddUfrag(ufrag) is { } outdated)
        {
            _byUfrag.Remove(outdated);
        }

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
        foreach (var session in _byUfrag.Values.Distinct().ToArray())
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
        while (_deadlines.TryDequeueDue(now, out var session))
        {
            if (!session.IsClosed)
            {
                session.HandleTimeout(now);
                After(session);
            }
        }

        _rings.WakeReaders();
        return _deadlines.Next?.Nanoseconds ?? long.MaxValue;
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
        if (!_paths.TryFind(path, out var entry))
        {
            Drops.UnknownPath++;
        }
        else if (entry.Owner.HandleRtp(now, path, datagram, Drops))
        {
            entry.HeardAt = now;
        }
    }

    private void HandleRtcp(Instant now, NetworkPath path, Span<byte> datagram)
    {
        if (!_paths.TryFind(path, out var entry))
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
        if (!TryFindByUfrag(datagram, out var session))
        {
            Drops.UnknownUfrag++;
            return;
        }

        if (!_paths.MayTake(path, session, now))
        {
            Drops.TakenPath++;
            return;
        }

        if (!session.Peer.HandleStun(now, path, datagram))
        {
            // The agent may still have an error to answer, e.g. 400 or 420 (RFC 8489 §6.3.1).
            Drops.Unauthenticated++;
        }
        else if (_paths.Take(path, session, now))
        {
            Remember(path, session);
        }

        After(session);
    }

    private bool TryFindByUfrag(ReadOnlySpan<byte> datagram, out MediaSession session)
    {
        session = null!;
        if (!StunMessage.TryGetLocalUfrag(datagram, out var ufrag) || ufrag.Length > UfragLengthMax)
        {
            return false;
        }

        Span<char> characters = stackalloc char[UfragLengthMax];
        var length = Encoding.Latin1.GetChars(ufrag, characters);
        return _byUfragSpan.TryGetValue(characters[..length], out session!);
    }

    private void HandleDtls(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram)
    {
        if (!_paths.TryFind(path, out var entry))
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

    /// <summary>An authenticated check came this way: what else comes this way is the session's.</summary>
    private void Remember(NetworkPath path, MediaSession session)
    {
        if (session.Paths.Remember(path, session.Peer.SelectedPath) is { } forgotten)
        {
            _paths.Remove(forgotten, session);
        }
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
            _deadlines.Update(session);
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
        foreach (var ufrag in session.Ufrags)
        {
            _byUfrag.Remove(ufrag);
        }

        foreach (var path in session.Paths)
        {
            _paths.Remove(path, session);
        }

        if (session.Listener is { } listener)
        {
            _rooms.Audience(session.Room).Remove(listener);
        }

        session.Dispose();
    }
}
