using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Server;
using Spaces.Sfu.Server.Control;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Tests.Peer;
using Spaces.V1;

namespace Spaces.Simulation;

/// <summary>A whole media node and its participants in virtual time: one thread, no sockets, no clock.</summary>
/// <remarks>
/// The node is the product's own composition, from the control service down; only its loops are ours. Commands to it
/// take virtual time, and packets go on while they are carried out. All chance but that of keys comes from the seed.
/// </remarks>
internal sealed class World : IDisposable
{
    private const ushort FirstPort = 40_000;

    /// <summary>A command takes a few turns of two loops.</summary>
    private static readonly TimeSpan CommandTimeMax = TimeSpan.FromSeconds(1);

    private readonly SynchronizationContext? _outerContext = SynchronizationContext.Current;
    private readonly SimulationContext _context = new();
    private readonly SimulatedNetwork<Target> _network;
    private readonly List<SimulatedLoop> _loops = [];
    private readonly Dictionary<uint, SimulatedPeer> _peersById = [];
    private readonly Dictionary<TransportAddress, SimulatedPeer> _owners = [];
    private readonly SimulatedHandshakes _handshakes;
    private readonly EgressWatch _watch;
    private readonly Channel<NodeEvent> _events;

    public World(int seed, LinkConditions conditions, int workers = 2)
    {
        SynchronizationContext.SetSynchronizationContext(_context);
        Seed = seed;
        Random = new Random(seed);
        _network = new SimulatedNetwork<Target>(seed, conditions);
        _watch = new EgressWatch(this);
        _handshakes = new SimulatedHandshakes(this);
        var options = Options(workers);
        var surroundings = new MediaSurroundings(
            new VirtualTimeProvider(() => Now),
            () => new Random(Random.Next()),
            CreateLoop,
            () => _handshakes
        );
        Table = new SessionTable(options, bootId: "boot", NullLogger.Instance);
        Control = new SessionControl(options, Table, surroundings, NullLogger<SessionControl>.Instance);
        _events = Table.Watch();
        Control.Node.Start();
    }

    public int Seed { get; }

    public Random Random { get; }

    public Trace Trace { get; } = new();

    public SessionTable Table { get; }

    public SessionControl Control { get; }

    /// <summary>One for all clients: its key tells nobody apart here, and making one takes milliseconds.</summary>
    public DtlsCertificate ClientCertificate { get; } = DtlsCertificate.Generate(DateTimeOffset.UnixEpoch);

    public Instant Now => _network.Now;

    public List<SimulatedPeer> Peers { get; } = [];

    public SimulatedHandshakes Handshakes => _handshakes;

    /// <summary>Sessions that the node gave up, and why.</summary>
    public Dictionary<string, SessionLostReason> Lost { get; } = [];

    /// <summary>RTP packets that left the node.</summary>
    public long Forwarded => _watch.Forwarded;

    /// <summary>Of those, the ones that went out a second time, the same to the byte.</summary>
    public long SentAgain => _watch.SentAgain;

    public LinkConditions Conditions
    {
        get => _network.Conditions;
        set => _network.Conditions = value;
    }

    public SimulatedPeer? Peer(uint mediaId) => _peersById.GetValueOrDefault(mediaId);

    /// <summary>A new participant, whose session is open and who begins to connect.</summary>
    public SimulatedPeer Join(
        string room,
        MediaPermissions permissions,
        bool hasMicrophone = true,
        int slots = 3,
        PeerAbilities abilities = default
    )
    {
        var peer = new SimulatedPeer(this, room, (uint)Peers.Count + 1, hasMicrophone, slots, abilities)
        {
            IsOpen = true,
            MayBeHeard = permissions.IsHeard,
            MayHear = permissions.MaySubscribe,
        };
        Peers.Add(peer);
        _peersById.Add(peer.MediaId, peer);
        var request = new SessionRequest(peer.SessionId, room, peer.MediaId, peer.Offer, permissions, Context: default);
        var answer = Do(() => Control.OpenAsync(request, CancellationToken.None));
        Assert.That(answer, Is.InstanceOf<SessionAnswer.Accepted>(), $"{answer}");
        peer.Accept(((SessionAnswer.Accepted)answer).Sdp);
        return peer;
    }

    public void Leave(SimulatedPeer peer)
    {
        Do(async () =>
        {
            await Control.CloseAsync(peer.SessionId, CancellationToken.None);
            return true;
        });
        peer.IsOpen = false;
    }

    /// <summary>What is allowed may be used at once; what is forbidden must have ended when this returns.</summary>
    public void SetPermissions(SimulatedPeer peer, MediaPermissions permissions)
    {
        peer.MayBeHeard |= permissions.IsHeard;
        peer.MayHear |= permissions.MaySubscribe;
        Do(() => Control.SetPermissionsAsync(peer.SessionId, permissions, CancellationToken.None));
        peer.MayBeHeard = permissions.IsHeard;
        peer.MayHear = permissions.MaySubscribe;
    }

    public void RestartIce(SimulatedPeer peer)
    {
        var credentials = peer.RenewIce();
        var answer = Do(() =>
            Control.RestartIceAsync(peer.SessionId, offer: null, credentials, CancellationToken.None)
        );
        if (answer is SessionAnswer.Accepted accepted)
        {
            peer.RestartIce(accepted.Sdp);
        }
    }

    /// <summary>Lets the time pass.</summary>
    public void Run(TimeSpan duration, Func<bool>? isDone = null)
    {
        var end = Now + duration;
        while (Now < end && isDone?.Invoke() != true)
        {
            Step(end);
        }
    }

    public TransportAddress LoopAddress(int port) => _loops[port - FirstPort].Address;

    public TransportAddress NewAddress(SimulatedPeer peer)
    {
        var number = _owners.Count;
        var address = Addresses.Of(new IPAddress([10, 1, (byte)(number >> 8), (byte)number]), 5000 + number);
        _owners.Add(address, peer);
        return address;
    }

    public void SendToServer(SimulatedPeer from, TransportAddress to, ReadOnlyMemory<byte> datagram)
    {
        if (!from.IsOffline)
        {
            var target = new Target(_loops[to.Port - FirstPort], to);
            _network.Send(target, new NetworkPath(from.Address, 0), datagram, from.LinkFor(datagram.Span));
        }
    }

    /// <summary>A datagram from an address that is nobody's, or in somebody's name.</summary>
    public void Forge(TransportAddress source, byte[] datagram)
    {
        var loop = _loops[Random.Next(_loops.Count)];
        _network.Send(new Target(loop, loop.Address), new NetworkPath(source, 0), datagram);
    }

    public void SendToPeer(SimulatedLoop from, TransportAddress to, byte[] datagram)
    {
        var owner = _owners.GetValueOrDefault(to);
        _watch.Check(from, to, owner, datagram);
        if (!owner!.IsOffline)
        {
            _network.Send(new Target(owner, to), new NetworkPath(from.Address, 0), datagram, owner.LinkFor(datagram));
        }
    }

    public void Dispose()
    {
        Control.Dispose();
        Peers.ForEach(peer => peer.Dispose());
        ClientCertificate.Dispose();
        SynchronizationContext.SetSynchronizationContext(_outerContext);
    }

    private static SfuOptions Options(int workers) =>
        new()
        {
            ControlAddress = IPAddress.Loopback,
            ControlPort = 0,
            HealthPort = 0,
            ControlKey = "",
            NodeId = "node",
            UdpPort = FirstPort,
            Workers = workers,
            BindAddresses = [IPAddress.Parse("10.0.0.1")],
            AnnouncedAddresses = [IPAddress.Parse("10.0.0.1")],
            SessionsMax = 1000,
        };

    private SimulatedLoop CreateLoop(int worker)
    {
        var loop = new SimulatedLoop(this, Addresses.Of(IPAddress.Parse("10.0.0.1"), FirstPort + worker));
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Runs the world until the control service has done it.</summary>
    private T Do<T>(Func<Task<T>> begin)
    {
        var end = Now + CommandTimeMax;
        var task = begin();
        while (!task.IsCompleted)
        {
            Assert.That(Now, Is.LessThan(end), "The control service does not come to an end.");
            Step(end);
        }

        return task.GetAwaiter().GetResult();
    }

    private void Step(Instant end)
    {
        _context.RunReady();
        var next = EarliestEvent();
        _network.AdvanceTo(next is { } due && due < end ? due : end);
        while (_network.TryDeliver(out var delivery))
        {
            Deliver(delivery.To, delivery.Path.Remote, delivery.Payload);
        }

        _handshakes.RunDue();
        foreach (var loop in _loops)
        {
            if (loop.NextTurn <= Now)
            {
                loop.TakeTurn();
            }
        }

        foreach (var peer in Peers)
        {
            peer.Step();
        }

        _context.RunReady();
        DrainEvents();
    }

    private Instant? EarliestEvent()
    {
        var earliest = Earlier(_network.NextDelivery, _handshakes.Next);
        foreach (var loop in _loops)
        {
            earliest = Earlier(earliest, loop.NextTurn);
        }

        foreach (var peer in Peers)
        {
            earliest = Earlier(earliest, peer.Next);
        }

        return earliest;
    }

    private static Instant? Earlier(Instant? left, Instant? right) =>
        left is null || right < left ? right ?? left : left;

    private void Deliver(Target to, TransportAddress source, byte[] datagram)
    {
        if (to.End is SimulatedLoop loop && Datagram.Classify(datagram) == DatagramKind.Stun)
        {
            _watch.NoteCheck(loop, source);
        }

        to.End.Receive(source, to.Address, datagram);
    }

    private void DrainEvents()
    {
        while (_events.Reader.TryRead(out var nodeEvent))
        {
            if (nodeEvent.SessionLost is { } lost)
            {
                Lost[lost.SessionId] = lost.Reason;
                var peer = Peers.Single(peer => peer.SessionId == lost.SessionId);
                (peer.IsOpen, peer.LostAt) = (false, Now);
            }
        }
    }
}
