using System.Text.Json;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Foreign;

/// <summary>The clients that pages use, in Node and in Chromium, against our server on another origin.</summary>
[TestFixture]
public sealed class BrowserClientTests
{
    private static readonly string Descriptor = EchoReflection.Descriptor.SerializedData.ToBase64();

    [TestCase("json", "1.1", null)]
    [TestCase("json", "2", "gzip")]
    [TestCase("proto", "1.1", "gzip")]
    [TestCase("proto", "2", null)]
    [TestCase("web", "1.1", null)]
    [TestCase("web", "2", "gzip")]
    [TestCase("grpc", "2", "gzip")]
    public async Task Connect_for_Node_finds_nothing_amiss(string protocol, string httpVersion, string? compression)
    {
        await using var server = await StartAsync(compression);
        var address = httpVersion == "2" ? server.Http2Address : server.Http1Address;
        using var client = ForeignProcess.Node("connect.js", protocol, httpVersion, Text(address), Descriptor);

        AssertNothingAmiss(await ReadAsync(client), protocol);
    }

    [TestCase("json")]
    [TestCase("proto")]
    [TestCase("web")]
    public async Task Connect_in_a_browser_finds_nothing_amiss(string protocol)
    {
        await using var server = await StartAsync("gzip");
        using var client = ForeignProcess.Node("browser.js", protocol, Text(server.Http1Address), Descriptor);

        AssertNothingAmiss(await ReadAsync(client), protocol);
    }

    [TestCase("binary")]
    [TestCase("text")]
    public async Task GRPC_Web_in_a_browser_finds_nothing_amiss(string format)
    {
        await using var server = await StartAsync(null);
        using var client = ForeignProcess.Node("browser.js", format, Text(server.Http1Address), Descriptor);

        var result = await ReadAsync(client);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.GetProperty("unary").GetString(), Is.EqualTo("hello"));
            Assert.That(
                result.GetProperty("error").ToString(),
                Is.EqualTo("""{"code":5,"message":"no such thing: ü","why":"asked for"}""")
            );
            Assert.That(
                result.GetProperty("stream").ToString(),
                Is.EqualTo("""{"texts":["again","again","again"],"code":0}""")
            );
            Assert.That(
                result.GetProperty("streamError").ToString(),
                Is.EqualTo("""{"texts":["half","half"],"code":9}""")
            );
        }
    }

    private static Task<EchoServer> StartAsync(string? compression) =>
        EchoServer.StartAsync(options => options.ResponseCompressionAlgorithm = compression);

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static async Task<JsonElement> ReadAsync(ForeignProcess client) =>
        JsonDocument.Parse(await client.ReadLineAsync()).RootElement;

    private static void AssertNothingAmiss(JsonElement result, string protocol)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.GetProperty("unary").GetString(), Is.EqualTo("hello"), protocol);
            Assert.That(result.GetProperty("get").GetString(), Is.EqualTo("look"));
            Assert.That(result.GetProperty("header").GetString(), Is.EqualTo("some text"));
            Assert.That(result.GetProperty("trailer").GetString(), Is.EqualTo("last"));
            Assert.That(result.GetProperty("stream").ToString(), Is.EqualTo("""["again","again","again"]"""));
            Assert.That(
                result.GetProperty("error").ToString(),
                Is.EqualTo("""{"code":5,"message":"no such thing: ü","why":"asked for","details":[]}""")
            );
            foreach (var (name, text) in new[] { ("detailed", "why: ü"), ("streamError", "half") })
            {
                Assert.That(
                    result.GetProperty(name).ToString(),
                    Is.EqualTo($$"""{"code":9,"message":"{{text}}","why":null,"details":["{{text}}"]}""")
                );
            }
            Assert.That(result.GetProperty("streamed").ToString(), Is.EqualTo("""["half","half"]"""));
            Assert.That(result.GetProperty("deadline").GetInt32(), Is.EqualTo(4));
            Assert.That(result.GetProperty("streamDeadline").GetInt32(), Is.EqualTo(4));
            Assert.That(result.GetProperty("cancel").GetInt32(), Is.EqualTo(1));
            Assert.That(result.GetProperty("bug").GetInt32(), Is.EqualTo(2));
            Assert.That(result.GetProperty("large").GetInt32(), Is.EqualTo(300_000));
        }
    }
}
