using System.Diagnostics;
using System.Globalization;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Server;

/// <summary>
/// Attacks on the HTTP/2 side of the server: its memory stays bounded, and who behaves is served meanwhile. Each lasts
/// a second, with <c>make attacks</c> a minute.
/// </summary>
/// <remarks>
/// The attacker shares the cores with the server and with whoever else works on the machine, so a bare figure would
/// measure the machine. What is held is what the attack adds: the 99th percentile of the others' calls may be 100 ms
/// above that of the same client in the same run, beside a thread that keeps a core as busy and attacks nobody. It is
/// taken in windows, and the middle one counts, since one pause of the machine must not decide.
/// </remarks>
[TestFixture]
public sealed class AttackTests
{
    private const int SecondsByDefault = 1;
    private const int Windows = 5;
    private const int CallsMin = 100;
    private const int StreamsMax = 100; // of a connection, in Kestrel's default
    private const long MemoryMax = 64 * 1024 * 1024;

    private static readonly TimeSpan AddedMax = TimeSpan.FromMilliseconds(100);

    public static IEnumerable<string> Names => Attack.ByName.Keys;

    [TestCaseSource(nameof(Names))]
    public async Task An_attack_harms_nobody_else(string name)
    {
        var window = TimeSpan.FromSeconds(Seconds()) / Windows;
        await using var server = await EchoServer.StartAsync();
        server.Probe.KeepsCalls = false;
        using var channel = server.Channel();
        var victim = new EchoService.EchoServiceClient(channel);
        await MeasureAsync(victim, TimeSpan.Zero);

        var usual = await BesideAsync(Spin, () => MeasureAsync(victim, window));
        var before = MemoryInUse();
        var slow = new List<TimeSpan>();
        var grown = 0L;
        await BesideAsync(
            over => Attack.ByName[name](server.Http2Address, over),
            async () =>
            {
                for (var i = 0; i < Windows; i++)
                {
                    slow.Add(await MeasureAsync(victim, window));
                    grown = Math.Max(grown, MemoryInUse() - before);
                }
                return true;
            }
        );

        slow.Sort();
        var middle = slow[Windows / 2];
        TestContext.Out.WriteLine(
            $"{name}: others' p99 {Text(middle)} ({Text(slow[0])} to {Text(slow[^1])}; {Text(usual)} without), "
                + $"{grown / 1024} KiB more memory, at most {server.Probe.HangingMost} handlers at once"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(middle - usual, Is.LessThan(AddedMax), "the others' p99");
            Assert.That(grown, Is.LessThan(MemoryMax));
            Assert.That(
                server.Probe.HangingMost,
                Is.LessThanOrEqualTo(2 * StreamsMax),
                "reset calls count until they end"
            );
        }
        await NoHandlerIsLeftAsync(server);
    }

    private static int Seconds() =>
        int.TryParse(Environment.GetEnvironmentVariable("ATTACK_SECONDS"), out var wished) ? wished : SecondsByDefault;

    /// <summary>Works beside a thread that is told when the work is done.</summary>
    private static async Task<T> BesideAsync<T>(Action<CancellationToken> act, Func<Task<T>> work)
    {
        using var over = new CancellationTokenSource();
        var acting = Task.Factory.StartNew(() => act(over.Token), TaskCreationOptions.LongRunning);
        try
        {
            return await work();
        }
        finally
        {
            await over.CancelAsync();
            await acting.WaitAsync(TestClock.Patience);
        }
    }

    /// <summary>Keeps a core as busy as an attacker does.</summary>
    private static void Spin(CancellationToken over)
    {
        while (!over.IsCancellationRequested) { }
    }

    /// <returns>The 99th percentile of the time that calls take.</returns>
    private static async Task<TimeSpan> MeasureAsync(EchoService.EchoServiceClient client, TimeSpan window)
    {
        var times = new List<TimeSpan>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < window || times.Count < CallsMin)
        {
            var start = Stopwatch.GetTimestamp();
            await client.SayAsync(new SayRequest { Text = "hello" }, deadline: TestClock.Later);
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        times.Sort();
        return times[times.Count * 99 / 100];
    }

    private static long MemoryInUse() => GC.GetTotalMemory(forceFullCollection: true);

    private static string Text(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F1} ms");

    private static async Task NoHandlerIsLeftAsync(EchoServer server)
    {
        using var patience = new CancellationTokenSource(TestClock.Patience);
        while (server.Probe.Hanging > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
