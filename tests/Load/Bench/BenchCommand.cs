using Spaces.Load.Network;

namespace Spaces.Load.Bench;

/// <summary><c>spaces-load bench</c>: starts an SFU, measures it, prints one table and writes one JSON file.</summary>
internal static class BenchCommand
{
    private const int ListenersMax = 20_000;

    public static async Task<int> RunAsync(
        CommandLine commandLine,
        TextWriter output,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        var options = new BenchOptions
        {
            Listeners = commandLine.Numbers("listeners", fallback: [100, 500, 1000, 2000], min: 1, ListenersMax),
            Runs = commandLine.Number("runs", fallback: 3, min: 1, max: 50),
            Window = TimeSpan.FromSeconds(commandLine.Number("seconds", fallback: 4, min: 1, max: 60)),
            JoinConcurrency = commandLine.Number("concurrency", fallback: 32, min: 1, max: 1000),
            JoinsPerSecond = commandLine.Number("joins", fallback: 300, min: 0, max: 2000),
        };
        var kind = commandLine.Text("network") ?? "auto";
        var json = commandLine.Text("json") ?? "artifacts/bench.json";
        var sfu = commandLine.Text("sfu");
        commandLine.RefuseUnknown();

        sfu ??= await SfuBuild.EnsureAsync(cancellationToken);
        var cores = CorePlan.Claim();
        using var network = BenchNetwork.Create(cores, kind);
        var bench = new BenchRun(network, cores, sfu, options);
        var runs = new List<RunFigures>();
        for (var round = 1; round <= options.Runs; round++)
        {
            // Rows take turns, so that a slow minute of the machine does not hit one row alone.
            foreach (var listeners in options.Listeners)
            {
                progress.WriteLine($"run {round} of {options.Runs}: {listeners} listeners");
                runs.Add(await bench.MeasureAsync(listeners, cancellationToken));
            }
        }

        var report = new BenchReport(
            DateTimeOffset.UtcNow,
            Machine.This(),
            network.Description,
            cores.ToString(),
            options,
            runs
        );
        report.WriteJson(json);
        output.WriteLine();
        report.WriteTable(output);
        output.WriteLine($"All runs: {json}");
        return 0;
    }
}
