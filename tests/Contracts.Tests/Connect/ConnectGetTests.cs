using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.InteropCases;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Connect;

/// <summary>
/// Methods without side effects as GET, in every form that the Connect protocol has for the query, and through a cache.
/// </summary>
[TestFixture]
internal sealed class ConnectGetTests
{
    private const string Look = "spaces.tests.v1.EchoService/Look";

    private static readonly SayRequest Hello = new() { Text = "hello" };
    private static readonly byte[] Json = Encoding.UTF8.GetBytes("""{"text":"hello"}""");

    private EchoServer _server = null!;
    private HttpClient _http = null!;

    public static IEnumerable<TestCaseData> Queries =>
        [
            new("connect=v1&encoding=json&message=%7B%22text%22%3A%22hello%22%7D", "application/json"),
            new($"connect=v1&encoding=json&base64=1&message={Base64(Json)}", "application/json"),
            new($"connect=v1&encoding=json&base64=1&message={Base64(Json)}==", "application/json"),
            new($"connect=v1&encoding=proto&base64=1&message={Base64(Hello.ToByteArray())}", "application/proto"),
            new(
                $"connect=v1&encoding=json&base64=1&compression=gzip&message={Base64(Gzipped(Json))}",
                "application/json"
            ),
            new(
                $"connect=v1&encoding=proto&base64=1&compression=gzip&message={Base64(Gzipped(Hello.ToByteArray()))}",
                "application/proto"
            ),
            new($"encoding=json&base64=1&compression=identity&message={Base64(Json)}", "application/json"),
        ];

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await EchoServer.StartAsync(
            options => options.MaxReceiveMessageSize = 10_000,
            map: app => app.MapGrpcService<InteropHandler>()
        );
        _http = new HttpClient { BaseAddress = _server.Http1Address, Timeout = TestClock.Patience };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [TestCaseSource(nameof(Queries))]
    public async Task The_query_is_the_request(string query, string contentType)
    {
        using var response = await _http.GetAsync($"{Look}?{query}");

        var body = await response.Content.ReadAsByteArrayAsync();
        var message =
            contentType == "application/json"
                ? JsonParser.Default.Parse<SayResponse>(Encoding.UTF8.GetString(body))
                : SayResponse.Parser.ParseFrom(body);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(contentType));
        Assert.That(message.Text, Is.EqualTo("hello"));
    }

    [TestCase("connect=v1&encoding=json&base64=1&compression=gzip&message=bm90IGd6aXA", HttpStatusCode.BadRequest)]
    [TestCase("connect=v1&encoding=json&compression=snappy&message={}", HttpStatusCode.NotImplemented)]
    [TestCase("connect=1&encoding=xml&message={}", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_query_that_is_none_is_refused(string query, HttpStatusCode expected)
    {
        using var response = await _http.GetAsync($"{Look}?{query}");

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_bomb_in_the_query_is_refused()
    {
        var bomb = Gzipped(Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 1_000_000)}}"}"""));

        using var response = await _http.GetAsync(
            $"{Look}?connect=v1&encoding=json&base64=1&compression=gzip&message={Base64(bomb)}"
        );

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    /// <summary>The rest of the interoperability case <c>cacheable_unary</c>.</summary>
    [Test]
    public async Task A_cache_on_the_way_answers_the_second_call()
    {
        using var cached = new HttpClient(new Cache()) { BaseAddress = _server.Http1Address };
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        const string method = "grpc.testing.TestService/CacheableUnaryCall";
        const string query = $"{method}?connect=v1&encoding=json&message=%7B%7D";

        var first = await cached.GetStringAsync(query);
        var second = await cached.GetStringAsync(query);
        using var post = await cached.PostAsync(method, content);

        Assert.That(first, Does.Contain("body"));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(await post.Content.ReadAsStringAsync(), Is.Not.EqualTo(first));
    }

    private static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static byte[] Gzipped(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionMode.Compress))
        {
            gzip.Write(bytes);
        }
        return compressed.ToArray();
    }

    /// <summary>Keeps what may be kept, as proxies do.</summary>
    private sealed class Cache() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        private readonly ConcurrentDictionary<Uri, string> _kept = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (request.Method == HttpMethod.Get && _kept.TryGetValue(request.RequestUri!, out var kept))
            {
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(kept) };
            }
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Get && response.Headers.CacheControl is { Public: true, MaxAge: not null })
            {
                _kept[request.RequestUri!] = await response.Content.ReadAsStringAsync(cancellationToken);
            }
            return response;
        }
    }
}
