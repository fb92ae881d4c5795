using System.Text.Json;
using Spaces.Load.Bench;

namespace Spaces.Load.Tests.Bench;

[TestFixture]
public sealed class BenchReportTests
{
    [Test]
    public void The_table_has_a_row_for_each_number_of_listeners_under_its_heads()
    {
        using var output = new StringWriter();
        Report(Figures(200, cpu: 4), Figures(1000, cpu: 3), Figures(200, cpu: 2), Figures(200, cpu: 3))
            .WriteTable(output);

        var lines = output.ToString().Split('\n');
        var head = Array.FindIndex(lines, line => line.StartsWith("listeners ", StringComparison.Ordinal));
        Assert.Multiple(() =>
        {
            Assert.That(
                lines[head + 1],
                Does.StartWith("      200 ").And.Contain(" 3.00 2.00 ").And.Contain(" 1.50 1.00 ")
            );
            Assert.That(lines[head + 2], Does.StartWith("     1000 ").And.Contain(" 3.00 3.00 "));
            Assert.That(lines[head + 1], Has.Length.EqualTo(lines[head].Length));
            Assert.That(lines[head + 2], Has.Length.EqualTo(lines[head].Length));
        });
    }

    [Test]
    public void The_file_has_every_run()
    {
        var folder = Directory.CreateTempSubdirectory("spaces-load-");
        try
        {
            var path = Path.Combine(folder.FullName, "new", "bench.json");
            Report(Figures(200, cpu: 4), Figures(200, cpu: double.NaN)).WriteJson(path);

            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var runs = json.RootElement.GetProperty("runs");
            Assert.That(runs.GetArrayLength(), Is.EqualTo(2));
            Assert.That(runs[0].GetProperty("cpuMicrosecondsPerPacket").GetDouble(), Is.EqualTo(4));
            Assert.That(runs[0].GetProperty("costRatio").GetDouble(), Is.EqualTo(2));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static BenchReport Report(params RunFigures[] runs) =>
        new(
            DateTimeOffset.UnixEpoch,
            new Machine("a machine", 2, "6.1", ".NET 10"),
            "loopback",
            "not pinned",
            new BenchOptions
            {
                Listeners = [200],
                Runs = 3,
                Window = TimeSpan.FromSeconds(4),
                JoinConcurrency = 8,
            },
            runs
        );

    private static RunFigures Figures(int listeners, double cpu) =>
        new()
        {
            Listeners = listeners,
            PublishedPackets = 200,
            ForwardedPackets = 200L * listeners,
            PacketsPerSecond = 50.0 * listeners,
            DeliveredPercent = 100,
            DuplicatePackets = 0,
            VerifiedPackets = listeners,
            InvalidPackets = 0,
            HearingListeners = listeners,
            CpuMicrosecondsPerPacket = cpu,
            CpuPercent = 10,
            IdleCpuPercent = 1,
            CoreMicrosecondsPerPacket = cpu + 1,
            ForeignCorePercent = 1,
            DelayP50Milliseconds = 1,
            DelayP99Milliseconds = 2,
            DelayMaxMilliseconds = 3,
            DirectDelayP50Milliseconds = 0.02,
            DirectDelayP99Milliseconds = 0.05,
            JoinsPerSecond = 800,
            JoinP50Milliseconds = 10,
            JoinP99Milliseconds = 20,
            JoinCpuMilliseconds = 1,
            ResidentKibibytesPerListener = 60,
            GeneratorDroppedDatagrams = 0,
            GeneratorPauseMilliseconds = 0,
            SendCostNanosecondsMedian = 2000,
            SendCostNanosecondsMin = 1900,
        };
}
