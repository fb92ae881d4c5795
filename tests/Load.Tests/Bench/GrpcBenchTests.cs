using Spaces.Load.Grpc;

namespace Spaces.Load.Tests.Bench;

/// <summary>The gRPC bench in small.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class GrpcBenchTests
{
    [Test]
    public async Task Every_figure_is_measured()
    {
        await using var server = await GrpcBenchServer.StartAsync();
        using var bench = new GrpcBench(server.Address, concurrency: 4, TimeSpan.FromSeconds(0.3), payloadLength: 50);

        CallFigures[] figures =
        [
            await bench.MeasurePostsAsync(GrpcBenchServer.BarePath),
            await bench.MeasurePostsAsync(GrpcBenchServer.EchoPath),
            await bench.MeasureCallsAsync(),
        ];
        var stream = await bench.MeasureStreamAsync();

        Assert.That(figures.Select(one => one.CallsPerSecond), Is.All.GreaterThan(10));
        Assert.That(figures.Select(one => one.BytesPerCall), Is.All.GreaterThan(100));
        Assert.That(figures.Select(one => one.P99Microseconds / one.P50Microseconds), Is.All.AtLeast(1));
        Assert.That(stream, Is.GreaterThan(10));
    }
}
