using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Connect;

/// <summary>Unary methods over plain HTTP, as <c>curl</c> and <c>fetch</c> call them.</summary>
[TestFixture]
internal sealed class ConnectTests
{
    private const string Say = "spaces.tests.v1.EchoService/Say";
    private const string Look = "spaces.tests.v1.EchoService/Look";

    private EchoServer _server = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await EchoServer.StartAsync(options => options.MaxReceiveMessageSize = 10_000);
        _http = new HttpClient { BaseAddress = _server.Http1Address, Timeout = TestClock.Patience };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task JSON_is_answered_with_JSON()
    {
        using var response = await _http.PostAsync(Say, Json("""{"text":"hello"}"""));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
        Assert.That((await JsonOf(response)).GetProperty("text").GetString(), Is.EqualTo("hello"));
    }

    [Test]
    public async Task JSON_over_HTTP2_is_answered_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Http2Address, Say))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Json("""{"text":"hello"}"""),
        };

        using var response = await _http.SendAsync(request);

        Assert.That((await JsonOf(response)).GetProperty("text").GetString(), Is.EqualTo("hello"));
    }

    [Test]
    public async Task Protobuf_is_answered_with_protobuf()
    {
        using var content = new ByteArrayContent(new SayRequest { Text = "hello" }.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/proto");

        using var response = await _http.PostAsync(Say, content);

        var message = SayResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
        Assert.That(message.Text, Is.EqualTo("hello"));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/proto"));
    }

    [Test]
    public async Task A_compressed_body_is_read_and_its_limit_is_that_of_the_decompressed_one()
    {
        using var small = await _http.PostAsync(Say, Gzipped("""{"text":"hello"}"""));
        using var bomb = await _http.PostAsync(Say, Gzipped($$"""{"text":"{{new string('x', 1_000_000)}}"}"""));

        Assert.That((await JsonOf(small)).GetProperty("text").GetString(), Is.EqualTo("hello"));
        Assert.That(bomb.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [TestCase(3, "invalid_argument", HttpStatusCode.BadRequest)]
    [TestCase(4, "deadline_exceeded", HttpStatusCode.GatewayTimeout)]
    [TestCase(5, "not_found", HttpStatusCode.NotFound)]
    [TestCase(6, "already_exists", HttpStatusCode.Conflict)]
    [TestCase(7, "permission_denied", HttpStatusCode.Forbidden)]
    [TestCase(8, "resource_exhausted", HttpStatusCode.TooManyRequests)]
    [TestCase(12, "unimplemented", HttpStatusCode.NotImplemented)]
    [TestCase(14, "unavailable", HttpStatusCode.ServiceUnavailable)]
    [TestCase(16, "unauthenticated", HttpStatusCode.Unauthorized)]
    public async Task A_status_is_a_code_a_message_and_an_HTTP_status(
        int status,
        string code,
        HttpStatusCode httpStatus
    )
    {
        using var response = await _http.PostAsync(Say, Json($$"""{"failWith":{{status}},"text":"grün <&>"}"""));

        var error = await JsonOf(response);
        Assert.That(response.StatusCode, Is.EqualTo(httpStatus));
        Assert.That(error.GetProperty("code").GetString(), Is.EqualTo(code));
        Assert.That(error.GetProperty("message").GetString(), Is.EqualTo("grün <&>"));
        Assert.That(response.Headers.GetValues("trailer-x-why"), Is.EqualTo(new[] { "asked for" }));
    }

    [Test]
    public async Task An_exception_stays_secret()
    {
        using var response = await _http.PostAsync(Say, Json($$"""{"failWith":{{EchoProbe.BugCode}}}"""));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain(EchoProbe.BugText));
    }

    [TestCase("""{"text":""", "application/json")]
    [TestCase("""{"text":5""", "application/json")]
    [TestCase("""{"times":"many"}""", "application/json")]
    [TestCase("[]", "application/json")]
    [TestCase("", "application/json")]
    [TestCase("\u0001", "application/proto")]
    public async Task A_body_that_is_no_message_is_told_what_is_wrong(string body, string contentType)
    {
        using var response = await _http.PostAsync(Say, Json(body, contentType));

        var error = await JsonOf(response);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(error.GetProperty("code").GetString(), Is.EqualTo("invalid_argument"));
        Assert.That(
            error.GetProperty("message").GetString(),
            Does.StartWith($"The body is no spaces.tests.v1.SayRequest as {contentType}: ")
        );
    }

    [Test]
    public async Task Deep_nesting_is_refused()
    {
        var body = string.Concat(Enumerable.Repeat("""{"unknown":""", 1000));

        using var response = await _http.PostAsync(Say, Json(body));

        Assert.That(
            response.StatusCode,
            Is.EqualTo(HttpStatusCode.TooManyRequests).Or.EqualTo(HttpStatusCode.BadRequest)
        );
    }

    [Test]
    public async Task A_field_of_a_newer_client_is_passed_over()
    {
        using var response = await _http.PostAsync(Say, Json("""{"text":"hello","fromTheFuture":{"a":[1]}}"""));

        Assert.That((await JsonOf(response)).GetProperty("text").GetString(), Is.EqualTo("hello"));
    }

    [Test]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var response = await _http.PostAsync(Say, Json($$"""{"text":"{{new string('x', 10_001)}}"}"""));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That((await JsonOf(response)).GetProperty("message").GetString(), Does.Contain("10000 bytes"));
    }

    [Test]
    public async Task A_timeout_ends_the_call()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Say) { Content = Json("""{"hang":true}""") };
        request.Headers.Add("Connect-Timeout-Ms", "200");

        using var response = await _http.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        Assert.That((await JsonOf(response)).GetProperty("code").GetString(), Is.EqualTo("deadline_exceeded"));
    }

    [TestCase("Connect-Timeout-Ms", "soon", HttpStatusCode.BadRequest)]
    [TestCase("Connect-Timeout-Ms", "12345678901", HttpStatusCode.BadRequest)]
    [TestCase("Connect-Protocol-Version", "2", HttpStatusCode.BadRequest)]
    [TestCase("Connect-Protocol-Version", "1", HttpStatusCode.OK)]
    [TestCase("x-some-bin", "!!!", HttpStatusCode.BadRequest)]
    public async Task Headers_are_checked(string name, string value, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Say) { Content = Json("{}") };
        request.Headers.Add(name, value);

        using var response = await _http.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task Metadata_is_headers_and_trailers_have_a_prefix()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Say) { Content = Json("{}") };
        request.Headers.Add("x-echo-text", "some text");
        request.Headers.Add("x-echo-trailer-text", "last");

        using var response = await _http.SendAsync(request);

        Assert.That(response.Headers.GetValues("x-echo-text"), Is.EqualTo(new[] { "some text" }));
        Assert.That(response.Headers.GetValues("trailer-x-echo-trailer-text"), Is.EqualTo(new[] { "last" }));
    }

    [Test]
    public async Task A_page_of_another_origin_may_read_headers_trailers_and_how_long_to_wait()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Say) { Content = Json("{}") };
        request.Headers.Add("Origin", "https://elsewhere.example");

        using var response = await _http.SendAsync(request);

        var exposed = string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers")).Split(',');
        Assert.That(
            exposed,
            Is.SupersetOf(
                new[]
                {
                    "grpc-status",
                    "grpc-message",
                    "grpc-status-details-bin",
                    "x-why",
                    "trailer-x-why",
                    "trailer-x-echo-trailer-text",
                    "trailer-grpc-retry-pushback-ms",
                }
            )
        );
    }

    [TestCase("text/plain", "application/json, application/proto")]
    [TestCase("application/json; charset=utf-16", "application/json, application/proto")]
    [TestCase("application/connect+json", "application/json, application/proto")]
    public async Task A_wrong_content_type_is_told_the_right_ones(string contentType, string right)
    {
        using var response = await _http.PostAsync(Say, Json("{}", contentType));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That((await JsonOf(response)).GetProperty("message").GetString(), Does.Contain(right));
        Assert.That(string.Join(", ", response.Headers.GetValues("Accept-Post")), Does.Contain(right));
    }

    [Test]
    public async Task A_wrong_HTTP_method_is_told_the_right_one()
    {
        using var get = await _http.GetAsync(Say + "?encoding=json&message={}");
        using var put = await _http.PutAsync(Look, Json("{}"));

        Assert.That(get.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(get.Content.Headers.Allow, Is.EqualTo(new[] { "POST" }));
        Assert.That(put.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(put.Content.Headers.Allow, Is.EqualTo(new[] { "GET", "POST" }));
    }

    [TestCase("?encoding=json&message=%7B%22text%22%3A%22hello%22%7D", HttpStatusCode.OK)]
    [TestCase("?connect=v1&encoding=json&base64=1&message=eyJ0ZXh0IjoiaGVsbG8ifQ", HttpStatusCode.OK)]
    [TestCase("?encoding=json&base64=1&message=!", HttpStatusCode.BadRequest)]
    [TestCase("?connect=v2&encoding=json&message={}", HttpStatusCode.BadRequest)]
    [TestCase("?encoding=json", HttpStatusCode.BadRequest)]
    [TestCase("?message={}", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_method_without_side_effects_answers_GET(string query, HttpStatusCode expected)
    {
        using var response = await _http.GetAsync(Look + query);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
        var isHello = (await response.Content.ReadAsStringAsync()).Contains("\"hello\"", StringComparison.Ordinal);
        Assert.That(isHello, Is.EqualTo(expected == HttpStatusCode.OK));
    }

    [Test]
    public async Task An_unknown_method_of_a_service_is_not_the_web_page()
    {
        using var response = await _http.PostAsync("spaces.tests.v1.EchoService/Nope", Json("{}"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await JsonOf(response)).GetProperty("code").GetString(), Is.EqualTo("unimplemented"));
    }

    [Test]
    public async Task A_stream_is_told_to_use_gRPC()
    {
        using var response = await _http.PostAsync("spaces.tests.v1.EchoService/Chat", Json("{}"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("application/grpc"));
    }

    [Test]
    public async Task GRPC_over_HTTP_1_1_is_told_to_use_HTTP_2()
    {
        using var response = await _http.PostAsync(Say, Json("{}", "application/grpc"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UpgradeRequired));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("HTTP/2"));
    }

    private static ByteArrayContent Json(string body, string contentType = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    private static ByteArrayContent Gzipped(string body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionMode.Compress))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }
        var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}
