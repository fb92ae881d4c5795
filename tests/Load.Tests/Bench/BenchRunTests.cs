using Spaces.Load.Bench;
using Spaces.Load.Network;

namespace Spaces.Load.Tests.Bench;

/// <summary>The bench in small, against the real SFU process over loopback.</summary>
[TestFixture]
[CancelAfter(90_000)]
public sealed class BenchRunTests
{
    private const int Listeners = 20;

    [Test]
    public async Task Every_listener_of_a_short_run_hears_the_publisher(CancellationToken cancellationToken)
    {
        var options = new BenchOptions
        {
            Listeners = [Listeners],
            Runs = 1,
            Window = TimeSpan.FromSeconds(2),
            JoinConcurrency = 8,
            JoinsPerSecond = 10,
            Idle = TimeSpan.FromSeconds(0.5),
            WarmUp = TimeSpan.FromSeconds(0.5),
        };
        using var network = BenchNetwork.Create(CorePlan.Unpinned, "loopback");
        var bench = new BenchRun(network, CorePlan.Unpinned, SfuAssembly(), options);

        var figures = await bench.MeasureAsync(Listeners, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(figures.DeliveredPercent, Is.InRange(99, 100));
            Assert.That(figures.HearingListeners, Is.EqualTo(Listeners), "listeners who decrypted a right packet");
            Assert.That(figures.InvalidPackets, Is.Zero);
            Assert.That(figures.PublishedPackets, Is.InRange(80, 120));
            Assert.That(figures.CpuPercent, Is.Positive);
            Assert.That(figures.SendCostNanosecondsMin, Is.Positive);
            Assert.That(figures.DelayP50Milliseconds, Is.Positive);
            Assert.That(figures.JoinsPerSecond, Is.Positive);
            Assert.That(figures.JoinsPerSecondWhileForwarding, Is.InRange(1, 12));
            Assert.That(figures.DelayP99DuringJoinsMilliseconds, Is.Positive);
        });
    }

    /// <summary>Of the same configuration as this test.</summary>
    private static string SfuAssembly()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var output = Path.Combine("bin", folder.Parent!.Name, folder.Name);
        var root = folder.Parent.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "sfu", "Server", output, "Spaces.Sfu.Server.dll");
    }
}
