using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Spaces.Signaling.Tests.Hosting;

namespace Spaces.Signaling.Tests.Http;

/// <summary>Clients that hold connections by never finishing what they began to say.</summary>
[TestFixture]
internal sealed class SlowOpeningTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private const string Settings = "\0\0\0\u0004\0\0\0\0\0";
    private const string HeadersWithoutAnEnd = "\0\0\u0001\u0001\u0001\0\0\0\u0001\u0082";

    private static readonly TimeSpan HeldMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeldMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1); // for a machine with much else to do

    [Test]
    public async Task A_connection_is_cut_whose_headers_are_unfinished_after_ten_seconds()
    {
        await using var node = await MediaNodeHost.StartAsync();
        await using var server = await SignalingHost.StartAsync(node);
        (string Name, Uri Address, string Said, string Dripping)[] openings =
        [
            ("HTTP/1.1: nothing", server.Http, "", ""),
            ("HTTP/1.1: half a request line", server.Http, "GET /heal", ""),
            ("HTTP/1.1: headers without end", server.Http, "GET /healthz HTTP/1.1\r\nHost: a\r\nx-a: ", "a"),
            ("HTTP/2: nothing", server.Grpc, "", ""),
            ("HTTP/2: half a preface", server.Grpc, Preface[..16], ""),
            ("HTTP/2: a preface that drips", server.Grpc, "P", Preface[1..]),
            ("HTTP/2: HEADERS without END_HEADERS", server.Grpc, Preface + Settings + HeadersWithoutAnEnd, ""),
        ];

        var held = await Task.WhenAll(openings.Select(one => HoldAsync(one.Address, one.Said, one.Dripping)));

        using (Assert.EnterMultipleScope())
        {
            foreach (var (opening, time) in openings.Zip(held))
            {
                TestContext.Out.WriteLine($"{opening.Name}: {time.TotalSeconds:F1} s");
                Assert.That(time, Is.InRange(HeldMin, HeldMax + Busy), opening.Name);
            }
        }
    }

    [Test]
    public async Task A_client_that_takes_its_time_and_finishes_is_served()
    {
        await using var node = await MediaNodeHost.StartAsync();
        await using var server = await SignalingHost.StartAsync(node);
        using var tcp = new TcpClient(server.Http.Host, server.Http.Port) { NoDelay = true };
        var stream = tcp.GetStream();

        foreach (var letter in "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes([letter]));
        }
        using var reader = new StreamReader(stream);

        Assert.That(await reader.ReadToEndAsync().WaitAsync(HeldMax), Does.StartWith("HTTP/1.1 200 OK"));
    }

    /// <returns>How long the server kept the connection.</returns>
    private static async Task<TimeSpan> HoldAsync(Uri address, string said, string dripping)
    {
        using var tcp = new TcpClient(address.Host, address.Port) { NoDelay = true };
        var clock = Stopwatch.StartNew();
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(said));
        var closed = ReadToEndAsync(stream);
        using var drip = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; !closed.IsCompleted && clock.Elapsed < 2 * HeldMax; i++)
        {
            await Task.WhenAny(closed, drip.WaitForNextTickAsync().AsTask());
            if (dripping.Length > 0 && !closed.IsCompleted)
            {
                await TrySayAsync(stream, dripping[i % dripping.Length]);
            }
        }
        return clock.Elapsed;
    }

    private static async Task ReadToEndAsync(NetworkStream stream)
    {
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer) > 0) { }
        }
        catch (IOException) { }
    }

    private static async Task TrySayAsync(NetworkStream stream, char letter)
    {
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes([letter]));
        }
        catch (IOException) { }
    }
}
