using System.Globalization;
using Spaces.Load.Bench;
using Spaces.Load.Statistics;

namespace Spaces.Load.Grpc;

/// <summary>`spaces-load grpc`: the gRPC runtime beside a bare endpoint of the same web server.</summary>
internal static class GrpcBenchCommand
{
    public static async Task<int> RunAsync(CommandLine commandLine, TextWriter output, TextWriter progress)
    {
        var runs = commandLine.Number("runs", fallback: 9, min: 1, max: 50);
        var seconds = commandLine.Number("seconds", fallback: 1, min: 1, max: 60);
        var concurrency = commandLine.Number("concurrency", fallback: 32, min: 1, max: 1000);
        var payload = commandLine.Number("payload", fallback: 100, min: 0, max: 60_000);
        commandLine.RefuseUnknown();

        await using var server = await GrpcBenchServer.StartAsync();
        using var bench = new GrpcBench(server.Address, concurrency, TimeSpan.FromSeconds(seconds), payload);
        var rows = new List<CallFigures>[] { [], [], [], [] };
        var streams = new List<double>();
        for (var run = 0; run <= runs; run++) // the first one warms up
        {
            progress.WriteLine(run == 0 ? "warming up" : $"run {run} of {runs}");
            CallFigures[] figures =
            [
                await bench.MeasurePostsAsync(GrpcBenchServer.BarePath),
                await bench.MeasurePostsAsync(GrpcBenchServer.EchoPath),
                await bench.MeasureCallsAsync(),
                await NodeLoad.MeasureAsync(server.Address, concurrency, seconds, payload),
            ];
            var stream = await bench.MeasureStreamAsync();
            if (run > 0)
            {
                rows.Zip(figures).ToList().ForEach(pair => pair.First.Add(pair.Second));
                streams.Add(stream);
            }
        }

        output.WriteLine($"gRPC, {payload} bytes both ways, {concurrency} calls at once, client and server together");
        output.WriteLine($"{Machine.This()}");
        output.WriteLine(
            $"{"", -41} {"calls/s", 9} {"p50 us", 8} {"p99 us", 8} {"cpu us/call", 12} {"bytes/call", 11}"
        );
        Write(output, "bare endpoint, HttpClient", rows[0]);
        Write(output, "gRPC server, HttpClient", rows[1]);
        Write(output, "gRPC server, gRPC client", rows[2]);
        Write(output, "gRPC server, @grpc/grpc-js (one process)", rows[3]);
        var calls = Median(rows[1], one => one.CallsPerSecond) / Median(rows[0], one => one.CallsPerSecond);
        output.WriteLine(Invariant($"gRPC server over bare endpoint: {calls:P0} of the calls per second"));
        // What a call costs the processor depends less on who else wants it.
        var cpu =
            Median(rows[0], one => one.CpuMicroseconds!.Value) / Median(rows[1], one => one.CpuMicroseconds!.Value);
        output.WriteLine(Invariant($"gRPC server over bare endpoint: {cpu:P0} by the processor time of a call"));
        output.WriteLine(Invariant($"one stream to the client: {Samples.Of(streams).Median:N0} messages per second"));
        return 0;
    }

    private static void Write(TextWriter output, string name, List<CallFigures> runs)
    {
        var perSecond = Median(runs, one => one.CallsPerSecond);
        var (p50, p99) = (Median(runs, one => one.P50Microseconds), Median(runs, one => one.P99Microseconds));
        var cpu = runs[0].CpuMicroseconds is null
            ? "-"
            : Invariant($"{Median(runs, one => one.CpuMicroseconds!.Value):F1}");
        var bytes = runs[0].BytesPerCall is null
            ? "-"
            : Invariant($"{Median(runs, one => one.BytesPerCall!.Value):F0}");
        output.WriteLine(Invariant($"{name, -41} {perSecond, 9:F0} {p50, 8:F0} {p99, 8:F0} {cpu, 12} {bytes, 11}"));
    }

    private static double Median(List<CallFigures> runs, Func<CallFigures, double> figure) =>
        Samples.Of(runs.Select(figure)).Median;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
