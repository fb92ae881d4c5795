using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Net.Client;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Client;

/// <summary>TLS, with gRPC and plain HTTP on one port by ALPN.</summary>
[TestFixture]
public sealed class TlsTests
{
    [Test]
    public async Task GRPC_and_HTTP_1_1_share_a_port()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        await using var server = await EchoServer.StartAsync(certificate: certificate);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, presented, _, _) =>
                    presented?.GetCertHashString() == certificate.GetCertHashString(),
            },
        };
        using var channel = GrpcChannel.ForAddress(server.TlsAddress, new GrpcChannelOptions { HttpHandler = handler });
        using var http = new HttpClient(handler, disposeHandler: false);
        using var body = new StringContent("""{"text":"hello"}""", Encoding.UTF8, "application/json");

        var overGrpc = await new EchoService.EchoServiceClient(channel).SayAsync(
            new SayRequest { Text = "hello" },
            deadline: TestClock.Later
        );
        using var overHttp = await http.PostAsync(new Uri(server.TlsAddress, RawGrpc.Say), body);

        Assert.That(overGrpc.Text, Is.EqualTo("hello"));
        Assert.That(overHttp.Version, Is.EqualTo(HttpVersion.Version11));
        Assert.That(await overHttp.Content.ReadAsStringAsync(), Does.Contain("hello"));
    }
}
