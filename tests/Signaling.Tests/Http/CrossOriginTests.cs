using System.Net;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Spaces.Signaling.Tests.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Spaces.Signaling.Tests.Http;

/// <summary>Connect and gRPC-Web for pages of other origins, and the services that tools ask for.</summary>
[TestFixture]
internal sealed class CrossOriginTests
{
    private const string Friend = "https://friend.example";

    private MediaNodeHost _node = null!;
    private SignalingHost _host = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _node = await MediaNodeHost.StartAsync();
        _host = await SignalingHost.StartAsync(_node, options => options with { AllowedOrigins = [Friend] });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [TestCase(Friend, Friend)]
    [TestCase("https://stranger.example", null)]
    [TestCase("null", null)]
    public async Task A_page_may_call_only_from_an_origin_on_the_list(string origin, string? allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/spaces.v1.RoomService/ListRooms");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-grpc-web,grpc-timeout");

        using var response = await _host.Client.SendAsync(request);

        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins);
        Assert.That(origins?.Single(), Is.EqualTo(allowed));
        Assert.That(response.Headers.Contains("Access-Control-Allow-Headers"), Is.EqualTo(allowed is not null));
    }

    [Test]
    public async Task A_page_sees_the_status_of_gRPC()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/spaces.v1.RoomService/ListRooms");
        request.Headers.Add("Origin", Friend);
        request.Content = new ByteArrayContent([0, 0, 0, 0, 0]);
        request.Content.Headers.ContentType = new("application/grpc-web+proto");

        using var response = await _host.Client.SendAsync(request);

        var exposed = string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(exposed, Does.Contain("grpc-status").And.Contains("grpc-message"));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("grpc-status: 16\r\n"));
    }

    [Test]
    public async Task Load_balancers_are_told_that_it_serves()
    {
        using var channel = GrpcChannel.ForAddress(_host.Grpc);
        using var watch = new Health.HealthClient(channel).Watch(
            new HealthCheckRequest(),
            deadline: DateTime.UtcNow.AddSeconds(30)
        );

        while (await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (watch.ResponseStream.Current.Status == ServingStatus.Serving)
            {
                return;
            }
        }
        Assert.Fail("The stream ended before the server served.");
    }
}
