using Spaces.Sfu.Protocol.Dtls;
using Spaces.Sfu.Protocol.Sdp;
using Spaces.Sfu.Protocol.Srtp;
using Spaces.Sfu.Server.Telemetry;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>
/// The media plane of this process: its workers, the rings between them, its certificate and addresses.
/// </summary>
internal sealed class MediaNode : IDisposable
{
    /// <summary>With two seconds for the whole exit, the goodbyes get a fourth.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromMilliseconds(500);

    private readonly SfuOptions _options;
    private readonly ILogger _logger;
    private readonly PacketRing[] _rings;
    private readonly IHandshakePool _handshakes;
    private bool _isStopped;

    public MediaNode(SfuOptions options, ISessionObserver observer, MediaSurroundings surroundings, ILogger logger)
    {
        _options = options;
        _logger = logger;
        CreateRandom = surroundings.CreateRandom;
        var rings = new PacketRing?[options.Workers, options.Workers];
        for (var from = 0; from < options.Workers; from++)
        {
            for (var to = 0; to < options.Workers; to++)
            {
                rings[from, to] = from == to ? null : new PacketRing(WorkerRings.Capacity);
            }
        }

        _rings = [.. rings.OfType<PacketRing>()];
        _handshakes = surroundings.CreateHandshakes();
        var workers = new MediaWorker[options.Workers];
        Workers = workers;
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new MediaWorker(
                i,
                surroundings.CreateLoop(i),
                RingsOf(i, rings, workers),
                _handshakes,
                CreateRandom,
                observer,
                logger
            );
        }

        var time = surroundings.TimeProvider.GetUtcNow();
        Certificate = DtlsCertificate.Generate(time);
        Clock = new NtpClock(time, workers[0].Now());
    }

    public IReadOnlyList<MediaWorker> Workers { get; }

    public DtlsCertificate Certificate { get; }

    public NtpClock Clock { get; }

    /// <summary>For numbers that must differ, not for secrets.</summary>
    public Func<Random> CreateRandom { get; }

    /// <summary>What clients of a worker are told to send to.</summary>
    public IReadOnlyList<HostCandidate> CandidatesOf(MediaWorker worker) =>
        [.. _options.AnnouncedAddresses.Select(address => new HostCandidate(address.ToString(), worker.Port))];

    public void Start()
    {
        if (SrtpEngines.Best == SrtpEngine.Portable)
        {
            SfuLog.AesNotAccelerated(_logger);
        }

        _handshakes.Start();
        foreach (var worker in Workers)
        {
            worker.Start();
        }

        var ports = string.Join(", ", Workers.Select(worker => worker.Port));
        SfuLog.NodeStarted(_logger, _options.NodeId, Workers.Count, ports, _options.BindAddresses.Count);
    }

    /// <summary>Says goodbye to every client as far as time allows, then ends the threads.</summary>
    public async Task StopAsync()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        var goodbyes = Workers.Select(worker => worker.InvokeAsync(worker.RemoveAll)).ToArray();
        await Task.WhenAny(Task.WhenAll(goodbyes), Task.Delay(GoodbyeTimeout));
        _handshakes.Stop();
        foreach (var worker in Workers)
        {
            worker.Stop();
        }

        SfuLog.NodeStopped(_logger, _options.NodeId);
    }

    public void Dispose()
    {
        _handshakes.Stop();
        foreach (var worker in Workers)
        {
            worker.Dispose();
        }

        _handshakes.Dispose();
        foreach (var ring in _rings)
        {
            ring.Dispose();
        }

        Certificate.Dispose();
    }

    private static WorkerRings RingsOf(int worker, PacketRing?[,] rings, MediaWorker[] workers)
    {
        var count = workers.Length;
        var inbound = new PacketRing?[count];
        var outbound = new RingLink?[count];
        for (var other = 0; other < count; other++)
        {
            inbound[other] = rings[other, worker];
            if (rings[worker, other] is { } ring)
            {
                var reader = other;
                outbound[other] = new RingLink(ring, () => workers[reader].Wake());
            }
        }

        return new WorkerRings(inbound, outbound);
    }
}
