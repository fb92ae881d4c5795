using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Client;

/// <summary>One channel to several servers, and to servers that are not there yet.</summary>
[TestFixture]
public sealed class BalancingTests
{
    private static readonly SayRequest Hello = new() { Text = "hello" };

    [Test]
    public async Task Round_robin_gives_each_address_its_turn()
    {
        await using var first = await EchoServer.StartAsync();
        await using var second = await EchoServer.StartAsync();
        using var channel = Channel([first.Http2Address.Port, second.Http2Address.Port], new RoundRobinConfig());

        await CallAsync(channel, times: 6);

        Assert.That(first.Probe.Calls, Has.Count.EqualTo(3));
        Assert.That(second.Probe.Calls, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Pick_first_stays_with_the_first_that_it_reaches()
    {
        await using var first = await EchoServer.StartAsync();
        await using var second = await EchoServer.StartAsync();
        var ports = new[] { FreePort(), first.Http2Address.Port, second.Http2Address.Port };
        using var channel = Channel(ports, new PickFirstConfig());

        await CallAsync(channel, times: 4);

        Assert.That(first.Probe.Calls, Has.Count.EqualTo(4));
        Assert.That(second.Probe.Calls, Is.Empty);
    }

    [Test]
    public async Task Round_robin_passes_over_an_address_that_cannot_be_reached()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = Channel([FreePort(), server.Http2Address.Port], new RoundRobinConfig());

        await CallAsync(channel, times: 4);

        Assert.That(server.Probe.Calls, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Calls_go_on_when_the_server_in_use_stops()
    {
        var first = await EchoServer.StartAsync();
        await using var second = await EchoServer.StartAsync();
        using var channel = Channel([first.Http2Address.Port, second.Http2Address.Port], new PickFirstConfig());
        await CallAsync(channel, times: 1);

        await first.DisposeAsync();
        await CallUntilItSucceedsAsync(channel);
        await CallAsync(channel, times: 1);

        Assert.That(second.Probe.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Streams_of_requests_go_to_an_address_that_can_be_reached()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = Channel([FreePort(), server.Http2Address.Port], new PickFirstConfig());

        using var call = new EchoService.EchoServiceClient(channel).Collect(deadline: TestClock.Later);
        await call.RequestStream.WriteAsync(Hello);
        await call.RequestStream.CompleteAsync();

        Assert.That((await call).Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task A_call_fails_with_UNAVAILABLE_where_no_address_can_be_reached()
    {
        using var channel = Channel([FreePort(), FreePort()], new RoundRobinConfig());

        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, times: 1));

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unavailable));
    }

    [Test]
    public async Task A_call_that_waits_for_ready_waits_for_the_server()
    {
        var port = FreePort();
        using var channel = Channel([port], new PickFirstConfig());
        var client = new EchoService.EchoServiceClient(channel);

        var call = client.SayAsync(Hello, new CallOptions(deadline: TestClock.Later).WithWaitForReady());
        await using var server = await EchoServer.StartAsync(port: port);

        Assert.That((await call).Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task A_call_waits_for_ready_no_longer_than_its_deadline()
    {
        using var channel = Channel([FreePort()], new PickFirstConfig());
        var options = new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(300)).WithWaitForReady();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await new EchoService.EchoServiceClient(channel).SayAsync(Hello, options)
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));
    }

    [TestCase("static:///nodes")]
    [TestCase("dns:///nodes")]
    public void An_address_that_nothing_resolves_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress(address));

    private static GrpcChannel Channel(int[] ports, LoadBalancingConfig balancing)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ResolverFactory>(
            new StaticResolverFactory(_ => ports.Select(port => new BalancerAddress("127.0.0.1", port)))
        );
        return GrpcChannel.ForAddress(
            "static:///nodes",
            new GrpcChannelOptions
            {
                Credentials = ChannelCredentials.Insecure,
                ServiceProvider = services.BuildServiceProvider(),
                ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { balancing } },
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
                MaxReconnectBackoff = TimeSpan.FromMilliseconds(200),
            }
        );
    }

    private static async Task CallAsync(GrpcChannel channel, int times)
    {
        var client = new EchoService.EchoServiceClient(channel);
        for (var i = 0; i < times; i++)
        {
            await client.SayAsync(Hello, deadline: TestClock.Later);
        }
    }

    /// <summary>
    /// A call that is being written while its connection breaks may have reached the server, so it fails and is not
    /// sent again without a retry policy; the next ones go elsewhere.
    /// </summary>
    private static async Task CallUntilItSucceedsAsync(GrpcChannel channel)
    {
        while (true)
        {
            try
            {
                await CallAsync(channel, times: 1);
                return;
            }
            catch (RpcException broken) when (broken.StatusCode == StatusCode.Unavailable) { }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
