using System.Text;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.Http2;

namespace Spaces.Contracts.Tests.Server;

/// <summary>
/// Every other way to write a method's path, as no library would let through: none reaches the handler, so that no
/// rule that is written for a path can be passed by.
/// </summary>
[TestFixture]
internal sealed class PathTrickTests
{
    private const string Service = "/spaces.tests.v1.EchoService";

    private static readonly string[] Insertions =
    [
        "/",
        "\\",
        "%2f",
        "%2F",
        "%5c",
        ".",
        "/.",
        "/./",
        "/..",
        "/../",
        "//",
        ";",
        ";a=b",
        "?",
        "?a=b",
        "#",
        "#a",
        "%00",
        "\0",
        "%20",
        " ",
        "\t",
        "%09",
        "\r",
        "\n",
        "%0d%0a",
        "*",
        ":",
        "@",
        "%",
        "%%",
        "%zz",
        "%c0%af",
        "%e2%81%84",
        "\u00ad",
        "\u200b",
        "\uff0f",
        "+",
        "&",
        ",",
        "'",
    ];

    private EchoServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await EchoServer.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    public static IReadOnlyCollection<string> Paths =>
        [.. WholeForms().Concat(Inserted()).Concat(OtherCases()).Concat(Encoded()).Where(path => path != RawGrpc.Say)];

    [Test]
    public void There_are_hundreds() => Assert.That(Paths.Distinct().Count(), Is.GreaterThan(200));

    [Test]
    public void No_other_path_reaches_the_handler()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var path in Paths.Distinct())
            {
                var answer = Call(path);
                Assert.That(_server.Probe.Calls, Is.Empty, path);
                Assert.That(answer, Is.EqualTo("12").Or.EqualTo("404").Or.EqualTo("400").Or.EqualTo("reset"), path);
                _server.Probe.Calls.Clear();
            }
        }
    }

    [Test]
    public void The_exact_path_does()
    {
        Assert.That(Call(RawGrpc.Say), Is.EqualTo("0"));
        Assert.That(_server.Probe.Calls, Has.Count.EqualTo(1));
        _server.Probe.Calls.Clear();
    }

    private static IEnumerable<string> WholeForms() =>
        [
            "",
            "*",
            "/",
            "//",
            RawGrpc.Say[1..],
            $"http://localhost{RawGrpc.Say}",
            $"https://localhost{RawGrpc.Say}",
            $"//localhost{RawGrpc.Say}",
            $"localhost:80{RawGrpc.Say}",
            $"file://{RawGrpc.Say}",
            Service,
            $"{Service}/",
            $"{Service}Say",
            $"{Service}.Say",
            $"{Service}/Look/../Say",
            $"/x/..{RawGrpc.Say}",
            $"/.{RawGrpc.Say}",
            $"{RawGrpc.Say}{RawGrpc.Say}",
            $"{RawGrpc.Say},{RawGrpc.Say}",
            "/EchoService/Say",
            "/spaces.tests.EchoService/Say",
            "/.spaces.tests.v1.EchoService/Say",
            "/spaces.tests.v2.EchoService/Say",
            "/spaces%2etests.v1.EchoService/Say",
            Convert.ToBase64String(Encoding.ASCII.GetBytes(RawGrpc.Say)),
        ];

    /// <summary>Before, after, and on either side of the slash between service and method.</summary>
    private static IEnumerable<string> Inserted() =>
        Insertions.SelectMany(piece =>
            new[] { 0, 1, Service.Length, Service.Length + 1, RawGrpc.Say.Length }.Select(at =>
                RawGrpc.Say.Insert(at, piece)
            )
        );

    private static IEnumerable<string> OtherCases() =>
        Enumerable
            .Range(0, RawGrpc.Say.Length)
            .Where(at => char.IsAsciiLetter(RawGrpc.Say[at]))
            .Select(at => Replace(at, ((char)(RawGrpc.Say[at] ^ 0x20)).ToString()))
            .Append(RawGrpc.Say.ToLowerInvariant())
            .Append(RawGrpc.Say.ToUpperInvariant());

    private static IEnumerable<string> Encoded() =>
        Enumerable.Range(0, RawGrpc.Say.Length).Select(at => Replace(at, $"%{(int)RawGrpc.Say[at]:x2}"));

    private static string Replace(int at, string piece) => RawGrpc.Say.Remove(at, 1).Insert(at, piece);

    /// <returns>The gRPC status, else the HTTP status, else that the stream or the connection was reset.</returns>
    private string Call(string path)
    {
        using var client = RawHttp2.Connect(_server.Http2Address, (1, 0));
        client.Send(FrameType.Headers, Flag.EndHeaders, 1, Requests.SayAt(path));
        client.Send(FrameType.Data, Flag.EndStream, 1, Requests.Message);
        var answer = "reset";
        client.ReadUntil(frame =>
        {
            var isHeaders = frame is { Type: FrameType.Headers, Stream: 1 };
            answer = isHeaders ? Hpack.Find(frame.Payload, "grpc-status") ?? StatusIn(frame.Payload) ?? answer : answer;
            return frame.Stream == 1 && (frame.Has(Flag.EndStream) || frame.Type == FrameType.RstStream);
        });
        return answer;
    }

    /// <summary>Of a response's headers, whose table is empty: an index for common ones, else a literal.</summary>
    private static string? StatusIn(byte[] headers) =>
        headers[0] switch
        {
            0x8c => "400",
            0x8d => "404",
            _ => null,
        };
}
