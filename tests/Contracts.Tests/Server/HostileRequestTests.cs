using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Server;

/// <summary>
/// What no well-behaved client sends: each is refused with a status that says why, and the server goes on.
/// </summary>
[TestFixture]
internal sealed class HostileRequestTests
{
    private EchoServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await EchoServer.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("/spaces.tests.v1.EchoService/say")]
    [TestCase("/Spaces.Tests.V1.EchoService/Say")]
    [TestCase("/spaces.tests.v1.EchoService/Say/")]
    [TestCase("//spaces.tests.v1.EchoService/Say")]
    [TestCase("/spaces.tests.v1.EchoService//Say")]
    [TestCase("/spaces.tests.v1.EchoService%2fSay")]
    [TestCase("/spaces.tests.v1.EchoService/S%61y")]
    [TestCase("/spaces.tests.v1.EchoService/Say.")]
    [TestCase("/./spaces.tests.v1.EchoService/Say")]
    [TestCase("/x/../spaces.tests.v1.EchoService/Say")]
    [TestCase("/spaces.tests.v1.EchoService")]
    [TestCase("/spaces.tests.v1.NoService/Say")]
    [TestCase("/")]
    public async Task Only_the_exact_path_is_the_method(string path)
    {
        using var response = await RawGrpc.SendAsync(_server, RawGrpc.Frame(new SayRequest()), path);

        Assert.That(RawGrpc.StatusOf(response), Is.EqualTo("12"));
    }

    [Test]
    public async Task The_exact_path_is_the_method()
    {
        using var response = await RawGrpc.SendAsync(_server, RawGrpc.Frame(new SayRequest { Text = "hello" }));

        Assert.That(RawGrpc.StatusOf(response), Is.EqualTo("0"));
        Assert.That(response.Headers.Contains("grpc-status"), Is.False);
    }

    [TestCase("", StatusCode.Internal)]
    [TestCase("00", StatusCode.Internal)]
    [TestCase("0000000005AA", StatusCode.Internal)]
    [TestCase("0200000000", StatusCode.Internal)]
    [TestCase("0100000000", StatusCode.Internal)]
    [TestCase("0000000001FF", StatusCode.Internal)]
    [TestCase("00000000000000000000", StatusCode.Internal)]
    [TestCase("00FFFFFFFF", StatusCode.ResourceExhausted)]
    [TestCase("0000400001", StatusCode.ResourceExhausted)]
    public async Task Lies_in_the_framing_are_refused(string hex, StatusCode expected)
    {
        using var response = await RawGrpc.SendAsync(_server, Convert.FromHexString(hex));

        Assert.That(RawGrpc.StatusOf(response), Is.EqualTo($"{(int)expected}"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("grpc-timeout", "soon", StatusCode.Internal)]
    [TestCase("grpc-timeout", "123456789S", StatusCode.Internal)]
    [TestCase("x-some-bin", "not base64!", StatusCode.Internal)]
    [TestCase("grpc-encoding", "snappy", StatusCode.Unimplemented)]
    public async Task Wrong_headers_are_refused(string name, string value, StatusCode expected)
    {
        using var response = await RawGrpc.SendAsync(
            _server,
            RawGrpc.Frame(new SayRequest()),
            change: request => request.Headers.TryAddWithoutValidation(name, value)
        );

        Assert.That(RawGrpc.StatusOf(response), Is.EqualTo($"{(int)expected}"));
        Assert.That(response.Headers.GetValues("grpc-accept-encoding"), Is.EqualTo(new[] { "identity,gzip" }));
    }

    [Test]
    public async Task What_is_marked_as_gzip_and_is_not_is_refused()
    {
        using var response = await RawGrpc.SendAsync(
            _server,
            RawGrpc.Frame(new SayRequest { Text = "not gzip" }, compressed: true),
            change: request => request.Headers.Add("grpc-encoding", "gzip")
        );

        Assert.That(RawGrpc.StatusOf(response), Is.EqualTo("13"));
    }

    [TestCase("application/grpc-web+json", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    public async Task Another_content_type_is_refused(string contentType, HttpStatusCode expected)
    {
        using var response = await RawGrpc.SendAsync(
            _server,
            RawGrpc.Frame(new SayRequest()),
            change: request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue(contentType)
        );

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_call_is_a_POST()
    {
        using var response = await RawGrpc.SendAsync(
            _server,
            RawGrpc.Frame(new SayRequest()),
            change: request => request.Method = HttpMethod.Put
        );

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public async Task The_deadline_is_the_servers_too()
    {
        using var response = await RawGrpc.SendAsync(
            _server,
            RawGrpc.Frame(new SayRequest { Hang = true }),
            change: request => request.Headers.Add("grpc-timeout", "100m")
        );

        Assert.That(RawGrpc.StatusOf(response), Is.EqualTo("4"));
    }
}
