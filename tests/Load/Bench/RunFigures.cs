namespace Spaces.Load.Bench;

/// <summary>What one run measured. Times in the unit of the name; NaN where this machine cannot tell.</summary>
internal sealed record RunFigures
{
    public required int Listeners { get; init; }

    /// <summary>Packets that the publisher sent within the window.</summary>
    public required int PublishedPackets { get; init; }

    /// <summary>Packets that arrived at listeners within the window.</summary>
    public required long ForwardedPackets { get; init; }

    /// <summary>Arrived packets a second.</summary>
    public required double PacketsPerSecond { get; init; }

    /// <summary>Of the packets of the window, the share that arrived, duplicates not counted.</summary>
    public required double DeliveredPercent { get; init; }

    public required long DuplicatePackets { get; init; }

    /// <summary>Packets that were decrypted and compared; each listener's first is among them.</summary>
    public required long VerifiedPackets { get; init; }

    public required long InvalidPackets { get; init; }

    /// <summary>Listeners who decrypted at least one right packet.</summary>
    public required int HearingListeners { get; init; }

    /// <summary>CPU time of the SFU process for one forwarded packet, the idle baseline subtracted.</summary>
    public required double CpuMicrosecondsPerPacket { get; init; }

    /// <summary>The share of a core that the SFU process used within the window, baseline included.</summary>
    public required double CpuPercent { get; init; }

    /// <summary>The share of a core that it used with everybody connected and nobody speaking: the baseline.</summary>
    public required double IdleCpuPercent { get; init; }

    /// <summary>
    /// Busy time of the SFU's core for one forwarded packet, everything on it and the baseline included; its grain is
    /// coarse.
    /// </summary>
    public required double CoreMicrosecondsPerPacket { get; init; }

    /// <summary>
    /// The share of the SFU's core that was busy with something else than the SFU; NaN when not pinned.
    /// </summary>
    public required double ForeignCorePercent { get; init; }

    public required double DelayP50Milliseconds { get; init; }

    public required double DelayP99Milliseconds { get; init; }

    public required double DelayMaxMilliseconds { get; init; }

    /// <summary>While others join at a steady rate; NaN without such a window.</summary>
    public double DelayP99DuringJoinsMilliseconds { get; init; } = double.NaN;

    /// <summary>Joins a second that were reached in that window.</summary>
    public double JoinsPerSecondWhileForwarding { get; init; } = double.NaN;

    /// <summary>From the request to media that can flow, in that window.</summary>
    public double JoinP99WhileForwardingMilliseconds { get; init; } = double.NaN;

    public required double DirectDelayP50Milliseconds { get; init; }

    public required double DirectDelayP99Milliseconds { get; init; }

    public required double JoinsPerSecond { get; init; }

    public required double JoinP50Milliseconds { get; init; }

    public required double JoinP99Milliseconds { get; init; }

    /// <summary>CPU time of the SFU process for one join.</summary>
    public required double JoinCpuMilliseconds { get; init; }

    /// <summary>
    /// Growth of the SFU's resident memory from before the joins to the end of the window, by listener.
    /// </summary>
    public required double ResidentKibibytesPerListener { get; init; }

    /// <summary>Datagrams that the generator's kernel dropped because the generator was too slow.</summary>
    public required long GeneratorDroppedDatagrams { get; init; }

    /// <summary>How long the generator's garbage collector stopped it within the window.</summary>
    public required double GeneratorPauseMilliseconds { get; init; }

    /// <summary>The yardstick, measured beside this SFU just before.</summary>
    public required double SendCostNanosecondsMedian { get; init; }

    public required double SendCostNanosecondsMin { get; init; }

    /// <summary>The delay that the SFU adds: the median, less the median of the direct path.</summary>
    public double AddedP50Milliseconds => DelayP50Milliseconds - DirectDelayP50Milliseconds;

    /// <summary>
    /// The 99th percentile, less the median of the direct path: subtracting its own tail would flatter.
    /// </summary>
    public double AddedP99Milliseconds => DelayP99Milliseconds - DirectDelayP50Milliseconds;

    /// <summary>As <see cref="AddedP99Milliseconds"/>, while others join.</summary>
    public double AddedP99DuringJoinsMilliseconds => DelayP99DuringJoinsMilliseconds - DirectDelayP50Milliseconds;

    /// <summary>How often the SFU's cost holds the bare system call's.</summary>
    public double CostRatio => CpuMicrosecondsPerPacket * 1000 / SendCostNanosecondsMedian;
}
