using System.Diagnostics;
using System.Globalization;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.Http2;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Server;

/// <summary>
/// Attacks on the HTTP/2 side of the server, each short: its memory stays bounded, and who behaves is served meanwhile.
/// </summary>
[TestFixture]
public sealed class AttackTests
{
    private const int Frames = 5000;
    private const int VictimCalls = 100;
    private const long MemoryMax = 64 * 1024 * 1024;
    private const int InitialWindowSize = 0x4;
    private const string RepeatPath = "/spaces.tests.v1.EchoService/Repeat";

    /// <summary>Generous, since a test machine may be busy; the figure itself is printed.</summary>
    private static readonly TimeSpan SlowestMax = TimeSpan.FromSeconds(1);

    private static readonly (string Name, Action<RawHttp2> Act)[] Attacks =
    [
        ("rapid reset", RapidReset),
        ("CONTINUATION without end", Continuations),
        ("pings without reading", Pings),
        ("settings without reading", Settings),
        ("empty DATA", EmptyData),
        ("HPACK bomb", HpackBomb),
        ("reset provoked by bad windows", ProvokedResets),
        ("never reading", NeverReading),
        ("headers that never end", Slowloris),
    ];

    public static IEnumerable<string> Names => Attacks.Select(attack => attack.Name);

    [TestCaseSource(nameof(Names))]
    public async Task An_attack_harms_nobody_else(string name)
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var victim = new EchoService.EchoServiceClient(channel);
        await CallAsync(victim);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var attack = Attacks.Single(one => one.Name == name).Act;
        using var attacker = RawHttp2.Connect(server.Http2Address, (InitialWindowSize, 0));
        var attacking = Task.Run(() => attack(attacker));
        var times = new List<TimeSpan>();
        for (var i = 0; i < VictimCalls || !attacking.IsCompleted; i++)
        {
            times.Add(await CallAsync(victim));
        }
        await attacking;

        times.Sort();
        var slow = times[times.Count * 99 / 100];
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: others' p99 {slow.TotalMilliseconds:F1} ms, {grown / 1024} KiB more memory"
            )
        );
        Assert.That(slow, Is.LessThan(SlowestMax));
        Assert.That(grown, Is.LessThan(MemoryMax));
        Assert.That(server.Probe.Calls.Count(call => !call.CancellationToken.IsCancellationRequested), Is.Not.Zero);
    }

    [TestCase("spaces.tests.v1.EchoService/Say")]
    [TestCase("http://localhost/spaces.tests.v1.EchoService/Say")]
    [TestCase("*")]
    [TestCase("/spaces.tests.v1.EchoService/Say?")]
    [TestCase("/spaces.tests.v1.EchoService/Say?a=b")]
    [TestCase("/spaces.tests.v1.EchoService/Say#a")]
    [TestCase("/spaces.tests.v1.EchoService/Say%00")]
    [TestCase("/spaces.tests.v1.EchoService/Say/..")]
    [TestCase("/spaces.tests.v1.EchoService/Look/../Say")]
    [TestCase("/spaces.tests.v1.EchoService\\Say")]
    [TestCase("/spaces.tests.v1.EchoService/Say;a")]
    [TestCase("/SPACES.TESTS.V1.ECHOSERVICE/SAY")]
    [TestCase("/spaces.tests.v1.EchoService/Say ")]
    [TestCase("\t/spaces.tests.v1.EchoService/Say")]
    public async Task No_other_path_reaches_the_handler(string path)
    {
        await using var server = await EchoServer.StartAsync();
        using var client = RawHttp2.Connect(server.Http2Address);

        client.Send(FrameType.Headers, Flag.EndHeaders, 1, Requests.SayAt(path));
        client.Send(FrameType.Data, Flag.EndStream, 1, Requests.Message);
        client.ReadUntil(frame =>
            frame.Stream == 1 && (frame.Has(Flag.EndStream) || frame.Type == FrameType.RstStream)
        );

        Assert.That(server.Probe.Calls, Is.Empty);
    }

    private static async Task<TimeSpan> CallAsync(EchoService.EchoServiceClient client)
    {
        var start = Stopwatch.GetTimestamp();
        await client.SayAsync(new SayRequest { Text = "hello" }, deadline: TestClock.Later);
        return Stopwatch.GetElapsedTime(start);
    }

    private static void RapidReset(RawHttp2 client) =>
        Repeat(
            client,
            i =>
                [
                    .. RawHttp2.Encode(FrameType.Headers, Flag.EndHeaders, 2 * i + 1, Requests.Say),
                    .. RawHttp2.Encode(FrameType.RstStream, Flag.None, 2 * i + 1, 0, 0, 0, 8),
                ]
        );

    private static void Continuations(RawHttp2 client)
    {
        client.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get);
        var block = Hpack.Encode(("x-more", new string('x', 1000)));
        Repeat(client, _ => RawHttp2.Encode(FrameType.Continuation, Flag.None, 1, block));
    }

    private static void Pings(RawHttp2 client) =>
        Repeat(client, _ => RawHttp2.Encode(FrameType.Ping, Flag.None, 0, new byte[8]));

    private static void Settings(RawHttp2 client) =>
        Repeat(client, _ => RawHttp2.Encode(FrameType.Settings, Flag.None, 0));

    private static void EmptyData(RawHttp2 client)
    {
        client.Open();
        Repeat(client, _ => RawHttp2.Encode(FrameType.Data, Flag.None, 1));
    }

    /// <summary>4,000 bytes are put into the table once; then each byte of a request stands for all of them.</summary>
    private static void HpackBomb(RawHttp2 client)
    {
        client.SendGet([.. Requests.Get, .. Hpack.Literal(0x40, "x-bomb", new string('x', 4000))]);
        byte[] bomb = [.. Requests.Get, .. Enumerable.Repeat((byte)0xbe, 10_000)];
        for (var stream = 3; stream < 101; stream += 2)
        {
            client.SendGet(bomb, stream);
        }
    }

    private static void ProvokedResets(RawHttp2 client) =>
        Repeat(
            client,
            i =>
                [
                    .. RawHttp2.Encode(FrameType.Headers, Flag.EndHeaders, 2 * i + 1, Requests.Say),
                    .. RawHttp2.Encode(FrameType.WindowUpdate, Flag.None, 2 * i + 1, 0, 0, 0, 0),
                ]
        );

    /// <summary>Endless streams of responses are asked for, whose windows stay shut.</summary>
    private static void NeverReading(RawHttp2 client)
    {
        var request = RawGrpc.Frame(new SayRequest { ResponseLength = 10_000, Times = int.MaxValue });
        for (var stream = 1; stream < 61; stream += 2)
        {
            client.Send(FrameType.Headers, Flag.EndHeaders, stream, Requests.SayAt(RepeatPath));
            client.Send(FrameType.Data, Flag.EndStream, stream, request);
        }
    }

    private static void Slowloris(RawHttp2 client) =>
        client.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get[..5]);

    private static void Repeat(RawHttp2 client, Func<int, byte[]> frame)
    {
        for (var i = 0; i < Frames; i++)
        {
            client.SendBytes(frame(i));
        }
    }
}
