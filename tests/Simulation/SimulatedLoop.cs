using Spaces.Sfu.Protocol;
using Spaces.Sfu.Transport;

namespace Spaces.Simulation;

/// <summary>A worker's loop without thread and sockets: it takes its turns when the world says so.</summary>
/// <param name="world">Clock, network and chance.</param>
/// <param name="address">Where clients send to.</param>
internal sealed class SimulatedLoop(World world, TransportAddress address)
    : IDatagramLoop,
        IDatagramSender,
        ISimulatedEnd
{
    /// <summary>When a woken thread runs on a busy machine; the longer, the more meets in the rings.</summary>
    private const int WakeMicrosecondsMax = 5000;

    private readonly byte[] _buffer = new byte[SendBatch.DatagramLengthMax];
    private readonly List<(TransportAddress To, byte[] Datagram)> _queued = [];
    private TransportAddress _destination;
    private IUdpWorkerHandler? _handler;
    private Instant? _deadline;
    private Instant? _wakeAt;

    public TransportAddress Address { get; } = address;

    public int Port => Address.Port;

    public WorkerCounters Counters { get; } = new();

    /// <summary>When the loop takes its next turn if nothing arrives.</summary>
    public Instant? NextTurn => _wakeAt is { } wake && (_deadline is not { } due || wake < due) ? wake : _deadline;

    public Span<byte> Rented => _buffer;

    public long Now() => world.Now.Nanoseconds;

    public IDatagramSender Sends(int socket) => this;

    public void Start(IUdpWorkerHandler handler) => _handler = handler;

    public void Wake() => _wakeAt ??= world.Now + TimeSpan.FromMicroseconds(world.Random.Next(WakeMicrosecondsMax));

    public void Stop() => _handler = null;

    public void Dispose() { }

    public Span<byte> Rent(DatagramAddress destination)
    {
        _destination = new TransportAddress(destination.Ip, destination.Port);
        return _buffer;
    }

    public void Commit(int length) => _queued.Add((_destination, _buffer[..length]));

    public void Receive(TransportAddress source, TransportAddress destination, byte[] datagram)
    {
        _handler!.HandleDatagram(Now(), socket: 0, new DatagramAddress(source.Ip, source.Port), datagram);
        TakeTurn();
    }

    public void TakeTurn()
    {
        _wakeAt = null;
        var deadline = _handler!.HandleTurn(Now());
        _deadline = deadline == long.MaxValue ? null : new Instant(deadline);
        foreach (var (to, datagram) in _queued)
        {
            world.SendToPeer(this, to, datagram);
        }

        _queued.Clear();
        _handler.HandleFlushed();
    }
}
