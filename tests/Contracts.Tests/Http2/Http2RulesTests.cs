using System.Text;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.Http2;

/// <summary>Our server against the rules of HTTP/2, by the list of 147 checks that h2spec numbers.</summary>
[TestFixture]
internal sealed class Http2RulesTests
{
    /// <summary>Where the server does something else, and why that is as good.</summary>
    private static readonly Dictionary<string, string> Deviations = new()
    {
        ["hpack/6.1/1"] = "Kestrel ends the connection with INTERNAL_ERROR instead of COMPRESSION_ERROR",
    };

    private EchoServer _server = null!;

    private static IEnumerable<Http2Case> Cases =>
        [.. GenericCases.All, .. HpackCases.All, .. FrameCases.All, .. ConnectionCases.All, .. MessageCases.All];

    [OneTimeSetUp]
    public async Task Start() => _server = await EchoServer.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCaseSource(nameof(Cases))]
    public void The_server_keeps_the_rule(Http2Case check)
    {
        using var client = RawHttp2.Connect(_server.Http2Address);
        check.Act(client);

        var seen = new List<string>();
        var isKept = IsKept(client, check.Expected, seen);

        var deviation = Deviations.GetValueOrDefault(check.Name);
        if (deviation is not null)
        {
            TestContext.Out.WriteLine($"{check}: {deviation}");
        }
        Assert.That(isKept, Is.EqualTo(deviation is null), string.Join("; ", seen));
    }

    [Test]
    public void A_preface_that_is_none_ends_the_connection() // http2/3.5/2
    {
        using var client = RawHttp2.ConnectWithoutPreface(_server.Http2Address);
        client.SendBytes(Encoding.ASCII.GetBytes("INVALID CONNECTION PREFACE\r\n\r\n"));

        Assert.That(IsKept(client, Expect.ConnectionError(Http2Error.Protocol), []), Is.True);
    }

    [Test]
    public void The_list_is_whole() =>
        Assert.That(Cases.Select(check => check.Name).Distinct().Count(), Is.EqualTo(147 - 1));

    private static bool IsKept(RawHttp2 client, Expectation expected, List<string> seen)
    {
        try
        {
            while (true)
            {
                var frame = client.Read();
                seen.Add(frame?.ToString() ?? "the connection's end");
                if (expected(frame))
                {
                    return true;
                }
                if (frame is null or { Type: FrameType.GoAway, Error: not Http2Error.None })
                {
                    return false;
                }
            }
        }
        catch (TimeoutException)
        {
            seen.Add("silence");
            return false;
        }
    }
}
