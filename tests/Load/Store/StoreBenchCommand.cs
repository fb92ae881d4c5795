using System.Globalization;
using Spaces.Load.Bench;
using Spaces.Load.Statistics;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Store;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Load.Store;

/// <summary>`spaces-load store`: commands to rooms, committed in each store, beside <c>redis-benchmark</c>.</summary>
internal static class StoreBenchCommand
{
    private const int BenchmarkRequests = 100_000;

    private static readonly TimeSpan RedisPatience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(CommandLine commandLine, TextWriter output, TextWriter progress)
    {
        var runs = commandLine.Number("runs", fallback: 5, min: 1, max: 50);
        var seconds = commandLine.Number("seconds", fallback: 2, min: 1, max: 60);
        var rooms = commandLine.Number("rooms", fallback: 32, min: 1, max: 10_000);
        var speakers = commandLine.Number("speakers", fallback: 20, min: 1, max: 400);
        commandLine.RefuseUnknown();

        using var directory = new TemporaryDirectory();
        using var journaled = JournaledRoomStore.Open(directory.Path, new RoomRetention(), out _);
        using var server = RedisBenchServer.StartNew();
        using var redis = new RedisConnection(server.Options, SilentStoreObserver.Instance);
        if (!await redis.WaitUntilUpAsync(RedisPatience, CancellationToken.None))
        {
            throw new InvalidOperationException("redis-server does not answer.");
        }

        (string Name, IRoomStore Store)[] stores =
        [
            ("embedded, memory", new InMemoryRoomStore()),
            ("embedded, journal", journaled),
            ("Redis", new RedisRoomStore(redis, new RoomRetention(), SilentStoreObserver.Instance)),
        ];
        var figures = stores.Select(_ => new List<StoreFigures>()).ToArray();
        var bare = new[] { "RPUSH by Lua, redis-benchmark", "SET, redis-benchmark" }
            .Select(name => (Name: name, Runs: new List<StoreFigures>()))
            .ToArray();
        for (var run = 0; run <= runs; run++) // the first one warms up
        {
            progress.WriteLine(run == 0 ? "warming up" : $"run {run} of {runs}");
            for (var i = 0; i < stores.Length; i++)
            {
                var bench = new StoreBench(stores[i].Store, rooms, speakers, $"{i}-{run}");
                Keep(figures[i], run, await bench.MeasureAsync(TimeSpan.FromSeconds(seconds)));
            }

            Keep(bare[0].Runs, run, await server.BenchmarkScriptAsync(rooms, BenchmarkRequests));
            Keep(bare[1].Runs, run, await server.BenchmarkSetAsync(rooms, BenchmarkRequests));
        }

        output.WriteLine($"commands to {rooms} rooms at once, {speakers} on each stage: decided, committed, applied");
        output.WriteLine($"{Machine.This()}");
        output.WriteLine($"{"", -32} {"per second", 11} {"p50 us", 8} {"p99 us", 8}");
        foreach (var (name, kept) in stores.Select(store => store.Name).Zip(figures).Concat(bare))
        {
            Write(output, name, kept);
        }

        return 0;
    }

    private static void Keep(List<StoreFigures> runs, int run, StoreFigures figures)
    {
        if (run > 0)
        {
            runs.Add(figures);
        }
    }

    private static void Write(TextWriter output, string name, List<StoreFigures> runs)
    {
        var perSecond = Samples.Of(runs.Select(run => run.PerSecond)).Median;
        var p50 = Samples.Of(runs.Select(run => run.P50Microseconds)).Median;
        var p99 = Samples.Of(runs.Select(run => run.P99Microseconds)).Median;
        FormattableString line = $"{name, -32} {perSecond, 11:F0} {p50, 8:F1} {p99, 8:F1}";
        output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("spaces-store-bench-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
