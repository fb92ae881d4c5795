using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Web;

/// <summary>gRPC-Web byte by byte, in binary and in base64, over HTTP/1.1 and HTTP/2.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class GrpcWebTests(bool isHttp2)
{
    private const byte TrailersFlag = 0x80;

    private EchoServer _server = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await EchoServer.StartAsync(options => options.MaxReceiveMessageSize = 10_000);
        _http = new HttpClient
        {
            BaseAddress = isHttp2 ? _server.Http2Address : _server.Http1Address,
            DefaultRequestVersion = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TestClock.Patience,
        };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [TestCase("application/grpc-web")]
    [TestCase("application/grpc-web+proto")]
    [TestCase("application/grpc-web-text")]
    [TestCase("application/grpc-web-text+proto")]
    public async Task A_unary_call_is_a_message_and_the_trailers(string contentType)
    {
        var (response, frames) = await CallAsync("Say", new SayRequest { Text = "hello" }, contentType);

        Assert.That(response.Content.Headers.ContentType!.MediaType, Does.StartWith(contentType));
        Assert.That(frames, Has.Count.EqualTo(2));
        Assert.That(SayResponse.Parser.ParseFrom(frames[0].Payload).Text, Is.EqualTo("hello"));
        Assert.That(frames[1].Flags, Is.EqualTo(TrailersFlag));
        Assert.That(Encoding.ASCII.GetString(frames[1].Payload), Is.EqualTo("grpc-status: 0\r\n"));
    }

    [TestCase("application/grpc-web")]
    [TestCase("application/grpc-web-text")]
    public async Task A_stream_that_fails_has_its_messages_and_then_the_status(string contentType)
    {
        var request = new SayRequest
        {
            Text = "ü",
            Times = 3,
            FailWith = 5,
        };

        var (response, frames) = await CallAsync("Repeat", request, contentType);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(frames, Has.Count.EqualTo(4));
        Assert.That(
            Encoding.ASCII.GetString(frames[3].Payload),
            Is.EqualTo("grpc-status: 5\r\ngrpc-message: %C3%BC\r\nx-why: asked for\r\n")
        );
    }

    [Test]
    public async Task A_message_over_the_limit_is_refused()
    {
        var request = new SayRequest { Text = new string('x', 10_001) };

        var (_, frames) = await CallAsync("Say", request, "application/grpc-web");

        Assert.That(Encoding.ASCII.GetString(frames.Single().Payload), Does.StartWith("grpc-status: 8\r\n"));
    }

    [Test]
    public async Task A_text_that_is_not_base64_is_refused()
    {
        using var content = Content(Encoding.ASCII.GetBytes("!!!!!!!!"), "application/grpc-web-text");

        using var response = await _http.PostAsync("spaces.tests.v1.EchoService/Say", content);

        var frames = Frames(FromTexts(await response.Content.ReadAsStringAsync()));
        Assert.That(Encoding.ASCII.GetString(frames.Single().Payload), Does.StartWith("grpc-status: 3\r\n"));
    }

    [Test]
    public async Task A_deadline_ends_the_call()
    {
        var (_, frames) = await CallAsync(
            "Say",
            new SayRequest { Hang = true },
            "application/grpc-web",
            headers => headers.Add("grpc-timeout", "200m")
        );

        Assert.That(Encoding.ASCII.GetString(frames.Single().Payload), Does.StartWith("grpc-status: 4\r\n"));
    }

    private async Task<(HttpResponseMessage Response, List<(byte Flags, byte[] Payload)> Frames)> CallAsync(
        string method,
        SayRequest message,
        string contentType,
        Action<HttpRequestHeaders>? change = null
    )
    {
        var isText = contentType.Contains("-text", StringComparison.Ordinal);
        var body = RawGrpc.Frame(message);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"spaces.tests.v1.EchoService/{method}")
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Content(isText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(body)) : body, contentType),
        };
        change?.Invoke(request.Headers);
        var response = await _http.SendAsync(request);
        var bytes = isText
            ? FromTexts(await response.Content.ReadAsStringAsync())
            : await response.Content.ReadAsByteArrayAsync();
        return (response, Frames(bytes));
    }

    private static ByteArrayContent Content(byte[] body, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    /// <summary>Base64 texts one after the other, each with its own padding.</summary>
    private static byte[] FromTexts(string texts) =>
        [.. texts.Chunk(4).SelectMany(group => Convert.FromBase64String(new string(group)))];

    private static List<(byte Flags, byte[] Payload)> Frames(byte[] body)
    {
        var frames = new List<(byte, byte[])>();
        for (var at = 0; at < body.Length; )
        {
            var length = (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 1));
            frames.Add((body[at], body[(at + 5)..(at + 5 + length)]));
            at += 5 + length;
        }
        return frames;
    }
}
