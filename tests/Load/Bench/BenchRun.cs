using Spaces.Load.Interop;
using Spaces.Load.Media;
using Spaces.Load.Network;
using Spaces.Load.Sessions;
using Spaces.Load.Statistics;
using Spaces.Load.Swarm;
using Spaces.Sfu.Protocol.Dtls;

namespace Spaces.Load.Bench;

/// <summary>One row, once: a new SFU, warmed up, then joined by the listeners, idle, and forwarding.</summary>
internal sealed class BenchRun(BenchNetwork network, CorePlan cores, string assembly, BenchOptions options)
{
    private const int SendCostRounds = 15;
    private const int DestinationsMin = 100;

    /// <exception cref="InvalidOperationException">The SFU does not work; the message says where it failed.</exception>
    public async Task<RunFigures> MeasureAsync(int listeners, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.RunTimeout);
        var sendCost = SendCostCommand.Measure(network, Math.Max(listeners, DestinationsMin), SendCostRounds);
        using var sfu = await SfuProcess.StartAsync(network, assembly, timeout.Token);
        try
        {
            await WarmUpAsync(sfu, timeout.Token);
            return await MeasureAsync(sfu, listeners, sendCost, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"A run with {listeners} listeners took longer than {options.RunTimeout.TotalSeconds:F0} s. "
                    + $"The SFU's last lines:\n{sfu.LastOutput()}"
            );
        }
        catch (IOException failure)
        {
            throw new InvalidOperationException(
                $"A run with {listeners} listeners failed: {failure.Message}\n"
                    + $"The SFU's last lines:\n{sfu.LastOutput()}",
                failure
            );
        }
    }

    private async Task WarmUpAsync(SfuProcess sfu, CancellationToken cancellationToken)
    {
        await using var stage = new Stage(this, sfu.OpenRoom("warm-up"), BenchOptions.WarmUpListeners);
        await stage.JoinAsync(cancellationToken);
        await stage.StartPublishingAsync();
        await Task.Delay(options.WarmUp, cancellationToken);
        await stage.Entry.CloseAllAsync(cancellationToken);
    }

    private async Task<RunFigures> MeasureAsync(
        SfuProcess sfu,
        int listeners,
        Samples sendCost,
        CancellationToken cancellationToken
    )
    {
        await using var stage = new Stage(this, sfu.OpenRoom("bench"), listeners);
        var memoryBefore = sfu.ResidentBytes();
        var cpuBefore = sfu.CpuNanoseconds();
        var joining = await stage.JoinAsync(cancellationToken);
        joining = joining with { Cpu = sfu.CpuNanoseconds() - cpuBefore };

        await Task.Delay(options.Settle, cancellationToken);
        var idle = await MeasureIdleAsync(sfu, cancellationToken);
        stage.Swarm.IsReadingByClock = true;
        await stage.StartPublishingAsync();
        await Task.Delay(options.Settle, cancellationToken);
        var begin = await stage.MarkAsync(sfu, stage.Receiver.BeginWindow, cancellationToken);
        await Task.Delay(options.Window, cancellationToken);
        var end = await stage.MarkAsync(sfu, stage.Receiver.EndWindow, cancellationToken);
        await Task.Delay(options.Settle, cancellationToken);
        var memory = sfu.ResidentBytes() - memoryBefore;
        var joined = await stage.JoinWhileForwardingAsync(sfu.OpenRoom("joiners"), cancellationToken);
        await stage.Swarm.StopPublishingAsync();
        await stage.EnsureNobodyIsLostAsync();
        return Figures(stage.Receiver, joining, joined, idle, begin, end, memory, sendCost);
    }

    private RunFigures Figures(
        ProbeReceiver receiver,
        Joined joining,
        Joined? joined,
        double idle,
        Mark begin,
        Mark end,
        long memory,
        Samples sendCost
    )
    {
        var listeners = joining.Listeners;
        var seconds = (end.Wall - begin.Wall) / 1e9;
        var cpu = end.Cpu - begin.Cpu;
        return new RunFigures
        {
            Listeners = listeners,
            PublishedPackets = receiver.WindowLength,
            ForwardedPackets = receiver.ArrivedCount,
            PacketsPerSecond = receiver.ArrivedCount / seconds,
            DeliveredPercent = 100.0 * receiver.DeliveredCount / ((double)receiver.WindowLength * listeners),
            DuplicatePackets = receiver.DuplicateCount,
            VerifiedPackets = receiver.VerifiedCount,
            InvalidPackets = receiver.InvalidCount,
            HearingListeners = receiver.HearingCount,
            CpuMicrosecondsPerPacket = (cpu - (idle * seconds * 1e9)) / receiver.ArrivedCount / 1e3,
            CpuPercent = cpu / seconds / 1e7,
            IdleCpuPercent = idle * 100,
            CoreMicrosecondsPerPacket = cores.Sfu is null
                ? double.NaN
                : (double)(end.Core - begin.Core) / receiver.ArrivedCount / 1e3,
            ForeignCorePercent = cores.Sfu is null ? double.NaN : (end.Core - begin.Core - cpu) / seconds / 1e7,
            DelayP50Milliseconds = receiver.Delay.Percentile(50) / 1e6,
            DelayP99Milliseconds = receiver.Delay.Percentile(99) / 1e6,
            DelayMaxMilliseconds = receiver.Delay.MaxNanoseconds / 1e6,
            DelayP99DuringJoinsMilliseconds = joined is null
                ? double.NaN
                : receiver.DelayDuringJoins.Percentile(99) / 1e6,
            JoinsPerSecondWhileForwarding = joined?.Rate ?? double.NaN,
            JoinP99WhileForwardingMilliseconds = joined?.Times.Percentile(99) / 1e6 ?? double.NaN,
            DirectDelayP50Milliseconds = receiver.DirectDelay.Percentile(50) / 1e6,
            DirectDelayP99Milliseconds = receiver.DirectDelay.Percentile(99) / 1e6,
            JoinsPerSecond = joining.Rate,
            JoinP50Milliseconds = joining.Times.Percentile(50) / 1e6,
            JoinP99Milliseconds = joining.Times.Percentile(99) / 1e6,
            JoinCpuMilliseconds = joining.Cpu / 1e6 / listeners,
            ResidentKibibytesPerListener = memory / 1024.0 / listeners,
            GeneratorDroppedDatagrams = end.Dropped - begin.Dropped,
            GeneratorPauseMilliseconds = (end.Paused - begin.Paused).TotalMilliseconds,
            SendCostNanosecondsMedian = sendCost.Median,
            SendCostNanosecondsMin = sendCost.Min,
        };
    }

    /// <summary>The share of a core that the SFU uses for nothing but staying connected.</summary>
    private async Task<double> MeasureIdleAsync(SfuProcess sfu, CancellationToken cancellationToken)
    {
        var (wall, cpu) = (SystemClock.RealtimeNanoseconds(), sfu.CpuNanoseconds());
        await Task.Delay(options.Idle, cancellationToken);
        return (double)(sfu.CpuNanoseconds() - cpu) / (SystemClock.RealtimeNanoseconds() - wall);
    }

    /// <summary>Clocks at one moment between two packets.</summary>
    private readonly record struct Mark(long Wall, long Cpu, long Core, long Dropped, TimeSpan Paused);

    private sealed record Joined(int Listeners, TimeSpan Elapsed, LatencyHistogram Times, long Cpu = 0)
    {
        public double Rate => Listeners / Elapsed.TotalSeconds;
    }

    /// <summary>A room with its publisher and listeners, and the parts that carry them.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly BenchRun _run;
        private readonly int _listeners;
        private readonly int _participants;
        private readonly SharedSocket _socket;
        private readonly ProbePublisher _publisher;
        private readonly DtlsCertificate _certificate = DtlsCertificate.Generate(DateTimeOffset.UtcNow);

        public Stage(BenchRun run, ControlEntry entry, int listeners)
        {
            _run = run;
            _listeners = listeners;
            Entry = entry;
            var packets = (int)(run.Options.RunTimeout.TotalNanoseconds / ProbePublisher.IntervalNanoseconds) + 1;
            _socket = run.Network.OpenSwarmSocket();
            _publisher = new ProbePublisher(Joining.PublisherSsrc, packets);
            _participants = listeners + 1 + run.Options.Joiners;
            Receiver = new ProbeReceiver(_publisher, _participants, packets, run.Options.SampleEvery);
            Swarm = new ParticipantSwarm(_socket, _participants, Receiver, run.Cores.Generator);
        }

        public ControlEntry Entry { get; }

        public ProbeReceiver Receiver { get; }

        public ParticipantSwarm Swarm { get; }

        public async Task<Joined> JoinAsync(CancellationToken cancellationToken)
        {
            var joining = new Joining(Entry, Swarm, _certificate);
            await joining.JoinPublisherAsync(cancellationToken);
            var elapsed = await joining.JoinListenersAsync(_listeners, _run.Options.JoinConcurrency, cancellationToken);
            return new Joined(_listeners, elapsed, joining.Times);
        }

        /// <summary>
        /// Others join at a steady rate, in a room of their own: they cost handshakes and no packets. Null without any.
        /// </summary>
        public async Task<Joined?> JoinWhileForwardingAsync(ControlEntry entry, CancellationToken cancellationToken)
        {
            await using var room = entry;
            var (count, perSecond) = (_run.Options.Joiners, _run.Options.JoinsPerSecond);
            if (count == 0)
            {
                return null;
            }

            var joining = new Joining(room, Swarm, _certificate);
            await BeforeNextPacketAsync(Receiver.BeginJoins);
            var elapsed = await joining.JoinSteadilyAsync(_listeners + 1, count, perSecond, cancellationToken);
            await BeforeNextPacketAsync(Receiver.EndJoins);
            await Task.Delay(_run.Options.Settle, cancellationToken);
            return new Joined(count, elapsed, joining.Times);

            Task BeforeNextPacketAsync(Action bound) =>
                Swarm
                    .BeforeNextPacketAsync(() =>
                    {
                        bound();
                        return true;
                    })
                    .WaitAsync(cancellationToken);
        }

        public Task StartPublishingAsync() =>
            Swarm.PublishAsync(_publisher, IPv4.ToTransportAddress(_socket.AddressOf(_participants), _socket.Port));

        public Task<Mark> MarkAsync(SfuProcess sfu, Action<long> bound, CancellationToken cancellationToken) =>
            Swarm
                .BeforeNextPacketAsync(() =>
                {
                    var core = _run.Cores.Sfu is { } number ? SystemClock.CoreBusyNanoseconds(number) : 0;
                    var paused = GC.GetTotalPauseDuration();
                    var (wall, cpu) = (SystemClock.RealtimeNanoseconds(), sfu.CpuNanoseconds());
                    bound(wall);
                    return new Mark(wall, cpu, core, _socket.DroppedCount, paused);
                })
                .WaitAsync(cancellationToken);

        public async Task EnsureNobodyIsLostAsync()
        {
            var lost = await Swarm.InvokeAsync(() => Swarm.LostCount);
            if (lost > 0)
            {
                throw new IOException($"{lost} participants lost their connection to the SFU.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            Swarm.Dispose();
            _socket.Dispose();
            _certificate.Dispose();
            await Entry.DisposeAsync();
        }
    }

    private BenchNetwork Network => network;

    private CorePlan Cores => cores;

    private BenchOptions Options => options;
}
