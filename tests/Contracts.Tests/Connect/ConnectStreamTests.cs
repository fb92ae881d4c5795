using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.Connect;

/// <summary>Streams over Connect, byte by byte.</summary>
[TestFixture]
internal sealed class ConnectStreamTests
{
    private const string End = "\u0002";

    private EchoServer _server = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await EchoServer.StartAsync();
        _http = new HttpClient { BaseAddress = _server.Http1Address, Timeout = TestClock.Patience };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task A_stream_is_its_messages_and_the_end()
    {
        var (status, body) = await CallAsync("Repeat", """{"text":"hello","times":2}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            body,
            Is.EqualTo(
                Frame("\0", """{ "text": "hello" }""") + Frame("\0", """{ "text": "hello" }""") + Frame(End, "{}")
            )
        );
    }

    [Test]
    public async Task An_error_and_the_trailers_are_in_the_end()
    {
        var (status, body) = await CallAsync("Repeat", """{"text":"why","failWith":5}""");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            body,
            Is.EqualTo(
                Frame(End, """{"error":{"code":"not_found","message":"why"},"metadata":{"x-why":["asked for"]}}""")
            )
        );
    }

    [Test]
    public async Task Many_requests_have_one_answer()
    {
        var requests = Frame("\0", """{"text":"a"}""") + Frame("\0", """{"text":"b"}""");

        var (_, body) = await SendAsync("Collect", requests);

        Assert.That(body, Is.EqualTo(Frame("\0", """{ "text": "a b" }""") + Frame(End, "{}")));
    }

    [TestCase("Connect-Timeout-Ms", "100", "deadline_exceeded")]
    [TestCase("Connect-Timeout-Ms", "soon", "invalid_argument")]
    [TestCase("Connect-Protocol-Version", "2", "invalid_argument")]
    [TestCase("Connect-Content-Encoding", "br", "unimplemented")]
    public async Task Headers_are_heeded(string name, string value, string code)
    {
        var (_, body) = await SendAsync(
            "Repeat",
            Frame("\0", """{"hang":true}"""),
            headers => headers.Add(name, value)
        );

        Assert.That(body, Does.StartWith(End).And.Contains($"\"code\":\"{code}\""));
    }

    [TestCase("")]
    [TestCase("\0\0\0\0\u0001{")]
    [TestCase("\u0007\0\0\0\u0001{")]
    [TestCase("\u0001\0\0\0\u0001{")]
    [TestCase("\0\u007f\0\0\0{")]
    [TestCase("\0\0\0\0\u0002{}\0\0\0\0\u0002{}")]
    public async Task A_body_that_is_no_message_ends_in_an_error(string requests)
    {
        var (status, body) = await SendAsync("Repeat", requests);

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(body, Does.StartWith(End).And.Contains("\"error\""));
    }

    [Test]
    public async Task A_stream_in_both_directions_needs_HTTP_2()
    {
        var (status, body) = await SendAsync("Chat", Frame("\0", "{}"));

        Assert.That(status, Is.EqualTo(HttpStatusCode.HttpVersionNotSupported));
        Assert.That(body, Does.Contain("HTTP/2"));
    }

    private Task<(HttpStatusCode Status, string Body)> CallAsync(string method, string message) =>
        SendAsync(method, Frame("\0", message));

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(
        string method,
        string body,
        Action<HttpRequestHeaders>? change = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"spaces.tests.v1.EchoService/{method}")
        {
            Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/connect+json");
        change?.Invoke(request.Headers);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync()));
    }

    private static string Frame(string flag, string text) => $"{flag}\0\0\0{(char)text.Length}{text}";
}
