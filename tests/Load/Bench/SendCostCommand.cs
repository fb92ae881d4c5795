using System.Globalization;
using Spaces.Load.Network;
using Spaces.Load.Statistics;
using Spaces.Load.Swarm;

namespace Spaces.Load.Bench;

/// <summary><c>spaces-load sendcost</c>: the yardstick alone, to compare machines and kernels.</summary>
internal static class SendCostCommand
{
    /// <summary>An 80-byte Opus frame, RTP header and GCM tag; 136 bytes with IPv4 and UDP headers.</summary>
    public const int PayloadLength = 108;

    private const int SinkReceiveBufferLength = 1; // Made the kernel's minimum: the sink drops nearly all.

    public static int Run(CommandLine commandLine, TextWriter output)
    {
        var destinations = commandLine.Number("destinations", fallback: 1000, min: 1, max: 60_000);
        var rounds = commandLine.Number("rounds", fallback: 21, min: 1, max: 1000);
        var kind = commandLine.Text("network") ?? "auto";
        commandLine.RefuseUnknown();

        var cores = CorePlan.Claim();
        using var network = BenchNetwork.Create(cores, kind);
        var cost = Measure(network, destinations, rounds);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"sendmmsg: {cost.Median:F0} ns of CPU per 136-byte datagram (median of {rounds}), best {cost.Min:F0}"
            )
        );
        output.WriteLine($"{destinations} destinations; {network.Description}; {cores}");
        return 0;
    }

    /// <summary>Measures beside the SFU, to a sink that drops.</summary>
    public static Samples Measure(BenchNetwork network, int destinations, int rounds)
    {
        using var sink = network.GeneratorSide.Run(() => UdpDescriptor.Open(0, 0, SinkReceiveBufferLength));
        return network.SfuSide.Run(() =>
            SendCostMeasurement.Run(network.ParticipantBase, sink.Port, destinations, PayloadLength, rounds)
        );
    }
}
