using System.Text.Json;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.Foreign;

/// <summary>Official clients against our server: every kind of call, and every way in which one ends.</summary>
[TestFixture]
public sealed class ForeignClientTests
{
    [TestCase(true, null)]
    [TestCase(true, "gzip")]
    [TestCase(false, null)]
    [TestCase(false, "gzip")]
    public async Task An_official_client_finds_nothing_amiss(bool isNode, string? compression)
    {
        await using var server = await EchoServer.StartAsync(options =>
            options.ResponseCompressionAlgorithm = compression
        );
        var address = server.Http2Address.Authority;
        using var client = isNode
            ? ForeignProcess.Node("client.js", address)
            : ForeignProcess.Python("client.py", address);

        var result = JsonDocument.Parse(await client.ReadLineAsync()).RootElement;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.GetProperty("unary").GetString(), Is.EqualTo("hello"));
            Assert.That(result.GetProperty("header").GetString(), Is.EqualTo("some text"));
            Assert.That(result.GetProperty("trailer").GetString(), Is.EqualTo("0001abff"));
            Assert.That(result.GetProperty("collect").GetString(), Is.EqualTo("one two three"));
            Assert.That(Texts(result, "repeat"), Is.EqualTo(new[] { "again", "again", "again" }));
            Assert.That(Texts(result, "chat"), Is.EqualTo(new[] { "a", "b", "c" }));
            Assert.That(Code(result, "repeat"), Is.Zero);
            Assert.That(Code(result, "chat"), Is.Zero);
            Assert.That(Code(result, "error"), Is.EqualTo(5));
            Assert.That(result.GetProperty("error").GetProperty("details").GetString(), Is.EqualTo("no such thing: ü"));
            Assert.That(result.GetProperty("bug").GetInt32(), Is.EqualTo(2));
            Assert.That(result.GetProperty("deadline").GetInt32(), Is.EqualTo(4));
            Assert.That(result.GetProperty("cancel").GetInt32(), Is.EqualTo(1));
            Assert.That(result.GetProperty("tooLong").GetInt32(), Is.EqualTo(8));
            Assert.That(result.GetProperty("gzip").GetString(), Is.EqualTo("zip me"));
            Assert.That(result.GetProperty("unknownMethod").GetInt32(), Is.EqualTo(12));
        }
        await server.Probe.Cancelled.Task.WaitAsync(TestClock.Patience);
    }

    private static int Code(JsonElement result, string call) => result.GetProperty(call).GetProperty("code").GetInt32();

    private static string?[] Texts(JsonElement result, string call) =>
        [.. result.GetProperty(call).GetProperty("texts").EnumerateArray().Select(text => text.GetString())];
}
