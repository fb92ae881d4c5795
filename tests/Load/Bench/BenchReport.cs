using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spaces.Load.Statistics;

namespace Spaces.Load.Bench;

/// <summary>The figures of all runs: one table to read, one JSON file to compare.</summary>
internal sealed record BenchReport(
    DateTimeOffset MeasuredAt,
    Machine Machine,
    string Network,
    string Cores,
    BenchOptions Options,
    IReadOnlyList<RunFigures> Runs
)
{
    /// <summary>The kernel's own work for the SFU stays below this.</summary>
    private const double ForeignPercentMax = 15;

    private static readonly string[] Head =
    [
        "listeners",
        "packets/s",
        "delivered %",
        "CPU µs/packet",
        "sendmmsg µs",
        "ratio",
        "added p50 ms",
        "added p99 ms",
        "joins/s",
        "while joining: joins/s",
        "join p99 ms",
        "added p99 ms",
        "KiB/listener",
    ];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public void WriteJson(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            _ = Directory.CreateDirectory(folder);
        }

        using var file = File.Create(path);
        JsonSerializer.Serialize(file, this, Json);
    }

    public void WriteTable(TextWriter output)
    {
        output.WriteLine($"{Machine.Cpu}, {Machine.Cores} cores, Linux {Machine.Kernel}, {Machine.Runtime}");
        output.WriteLine($"{Network}; {Cores}");
        output.WriteLine(
            Invariant(
                $"1 publisher at 50 packets/s, 80-byte frames; {Options.Runs} runs of {Options.Window.TotalSeconds} s"
            ) + "; each cell: median, best run"
        );
        output.WriteLine();
        string[][] rows =
        [
            Head,
            .. Runs.GroupBy(run => run.Listeners).OrderBy(row => row.Key).Select(row => Row(row.Key, [.. row])),
        ];
        var widths = Head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column]))));
        }

        output.WriteLine();
        WriteNotes(output);
    }

    private static string[] Row(int listeners, RunFigures[] runs) =>
        [
            Invariant($"{listeners}"),
            Invariant($"{Of(runs, run => run.PacketsPerSecond).Median:F0}"),
            Cell(Of(runs, run => run.DeliveredPercent), "F2", bestIsMax: true),
            Cell(Of(runs, run => run.CpuMicrosecondsPerPacket), "F2"),
            Cell(
                Of(runs, run => run.SendCostNanosecondsMedian / 1000).Median,
                runs.Min(run => run.SendCostNanosecondsMin) / 1000,
                "F2"
            ),
            Cell(Of(runs, run => run.CostRatio), "F2"),
            Cell(Of(runs, run => run.AddedP50Milliseconds), "F2"),
            Cell(Of(runs, run => run.AddedP99Milliseconds), "F2"),
            Cell(Of(runs, run => run.JoinsPerSecond), "F0", bestIsMax: true),
            Cell(Of(runs, run => run.JoinsPerSecondWhileForwarding), "F0", bestIsMax: true),
            Cell(Of(runs, run => run.JoinP99WhileForwardingMilliseconds), "F1"),
            Cell(Of(runs, run => run.AddedP99DuringJoinsMilliseconds), "F2"),
            Cell(Of(runs, run => run.ResidentKibibytesPerListener), "F0"),
        ];

    private void WriteNotes(TextWriter output)
    {
        var idle = Of(Runs, run => run.IdleCpuPercent);
        var foreign = Of(Runs, run => run.ForeignCorePercent);
        var direct = Of(Runs, run => run.DirectDelayP50Milliseconds * 1000);
        output.WriteLine(
            Invariant(
                $"CPU: user and system time of the SFU process; its idle time, {idle.Min:F1}-{idle.Max:F1} % of a "
            ) + "core with everybody connected, is subtracted."
        );
        if (foreign.Max > ForeignPercentMax)
        {
            output.WriteLine(
                Invariant(
                    $"NOT ALONE: up to {foreign.Max:F0} % of the SFU's core went to something else; delays, joins "
                ) + "and delivery are worse than this machine can do."
            );
        }

        output.WriteLine(
            "sendmmsg: CPU time of the bare call per 136-byte datagram, batches of 64, as many destinations."
        );
        output.WriteLine(
            Invariant(
                $"Added delay: publisher to listener's kernel, less the direct path's median, {direct.Median:F0} µs."
            )
        );
        output.WriteLine(
            Invariant($"Heard: {Runs.Sum(run => run.HearingListeners)} of {Runs.Sum(run => run.Listeners)} listeners ")
                + Invariant($"decrypted right packets, {Runs.Sum(run => run.VerifiedPackets)} in all; ")
                + Invariant($"{Runs.Sum(run => run.InvalidPackets)} were wrong, ")
                + Invariant($"{Runs.Sum(run => run.DuplicatePackets)} came twice.")
        );
        output.WriteLine(
            Invariant($"Generator: dropped {Runs.Sum(run => run.GeneratorDroppedDatagrams)} datagrams, ")
                + Invariant($"paused {Runs.Max(run => run.GeneratorPauseMilliseconds):F1} ms at most within a window.")
        );
    }

    private static Samples Of(IEnumerable<RunFigures> runs, Func<RunFigures, double> figure) =>
        Samples.Of(runs.Select(figure));

    private static string Cell(Samples samples, string format, bool bestIsMax = false) =>
        Cell(samples.Median, bestIsMax ? samples.Max : samples.Min, format);

    private static string Cell(double median, double best, string format) =>
        $"{Number(median, format)} {Number(best, format)}";

    private static string Number(double number, string format) =>
        double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
