using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.Http2;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Server;

/// <summary>A server that stops says GOAWAY, answers what it took on, and its clients lose no call.</summary>
[TestFixture]
public sealed class ShutdownTests
{
    private const int HeaderTableSize = 0x1;
    private const int UnaryStream = 1;
    private const int EndlessStream = 3;
    private const int LateStream = 5;
    private const string RepeatPath = "/spaces.tests.v1.EchoService/Repeat";

    private static readonly SayRequest Hello = new() { Text = "hello" };

    [Test]
    public async Task A_stopping_server_says_GOAWAY_and_ends_every_call_that_it_accepted()
    {
        await using var server = await EchoServer.StartAsync();
        using var client = RawHttp2.Connect(server.Http2Address, (HeaderTableSize, 0));
        client.Hang(UnaryStream);
        client.Send(FrameType.Headers, Flag.EndHeaders, EndlessStream, Requests.SayAt(RepeatPath));
        client.Send(
            FrameType.Data,
            Flag.EndStream,
            EndlessStream,
            RawGrpc.Frame(new SayRequest { Times = 1, Hang = true })
        );
        client.ReadUntil(frame => frame is { Type: FrameType.Data, Stream: EndlessStream });

        var clock = Stopwatch.StartNew();
        var stopping = server.StopGracefullyAsync();
        var seen = new List<Frame>();
        ReadInto(seen, client, frame => frame.Type == FrameType.GoAway);
        client.Send(FrameType.Headers, Flag.EndHeaders, LateStream, Requests.Say); // crossed the GOAWAY on its way
        client.Send(FrameType.Data, Flag.EndStream, LateStream, Requests.Message);
        ReadInto(seen, client, frame => frame.Stream == EndlessStream && frame.Has(Flag.EndStream));
        var streamTime = clock.Elapsed;
        var isUnaryUnderWay = seen.TrueForAll(frame => frame.Stream != UnaryStream);
        server.Probe.Released.SetResult();
        ReadInto(seen, client, frame => frame.Stream == UnaryStream && frame.Has(Flag.EndStream));
        client.Dispose(); // as a client does that was told to go and waits for nothing more
        await stopping.WaitAsync(TestClock.Patience);

        using (Assert.EnterMultipleScope())
        {
            var goAways = seen.FindAll(frame => frame.Type == FrameType.GoAway);
            Assert.That(goAways, Is.Not.Empty);
            Assert.That(goAways.Select(frame => frame.Error), Is.All.EqualTo(Http2Error.None));
            Assert.That(goAways.Select(frame => frame.LastStream), Is.All.GreaterThanOrEqualTo(LateStream));
            Assert.That(seen, Has.None.Property(nameof(Frame.Type)).EqualTo(FrameType.RstStream));
            Assert.That(streamTime, Is.GreaterThan(TimeSpan.FromMilliseconds(400)), "time to say goodbye");
            Assert.That(isUnaryUnderWay, Is.True);
            Assert.That(StatusOf(seen, EndlessStream), Is.EqualTo(StatusCode.Unavailable));
            Assert.That(StatusOf(seen, UnaryStream), Is.EqualTo(StatusCode.OK));
            Assert.That(StatusOf(seen, LateStream), Is.EqualTo(StatusCode.OK));
        }
    }

    [Test]
    public async Task Clients_lose_no_call_while_their_server_stops_and_another_is_there()
    {
        var first = await EchoServer.StartAsync();
        await using var second = await EchoServer.StartAsync();
        using var channel = ChannelTo(first.Http2Address.Port, second.Http2Address.Port);
        var client = new EchoService.EchoServiceClient(channel);
        using var enough = new CancellationTokenSource();

        var callers = Enumerable
            .Range(0, 16)
            .Select(_ => Task.Run(() => CallUntilAsync(client, enough.Token)))
            .ToArray();
        await WaitForCallsAsync(first);
        await first.StopGracefullyAsync();
        await WaitForCallsAsync(second);
        await enough.CancelAsync();
        var answered = await Task.WhenAll(callers).WaitAsync(TestClock.Patience);
        var served = first.Probe.Calls.Count + second.Probe.Calls.Count;
        await first.DisposeAsync();

        Assert.That(served, Is.EqualTo(answered.Sum()), "none made twice");
    }

    [Test]
    public async Task A_client_goes_on_over_a_fresh_connection_when_its_server_has_come_back()
    {
        var old = await EchoServer.StartAsync();
        var port = old.Http2Address.Port;
        // A call may meet the old connection before its end is noticed: that is UNAVAILABLE, and may be tried again.
        using var channel = old.Channel(Retrying());
        var client = new EchoService.EchoServiceClient(channel);
        await client.SayAsync(Hello, deadline: TestClock.Later);
        await old.StopGracefullyAsync();
        await old.DisposeAsync();
        await using var fresh = await EchoServer.StartAsync(port: port);

        var response = await client.SayAsync(Hello, deadline: TestClock.Later);

        Assert.That(response.Text, Is.EqualTo("hello"));
        Assert.That(fresh.Probe.Calls, Has.Count.EqualTo(1));
    }

    private static GrpcChannelOptions Retrying() =>
        new()
        {
            ServiceConfig = new ServiceConfig
            {
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        RetryPolicy = new RetryPolicy
                        {
                            MaxAttempts = 3,
                            InitialBackoff = TimeSpan.FromMilliseconds(1),
                            MaxBackoff = TimeSpan.FromMilliseconds(5),
                            BackoffMultiplier = 1.5,
                            RetryableStatusCodes = { StatusCode.Unavailable },
                        },
                    },
                },
            },
        };

    private static GrpcChannel ChannelTo(params int[] ports)
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
                ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new PickFirstConfig() } },
            }
        );
    }

    /// <returns>How many calls were answered; the first that is not throws.</returns>
    private static async Task<int> CallUntilAsync(EchoService.EchoServiceClient client, CancellationToken enough)
    {
        var answered = 0;
        while (!enough.IsCancellationRequested)
        {
            await client.SayAsync(Hello, deadline: TestClock.Later, cancellationToken: CancellationToken.None);
            answered++;
        }
        return answered;
    }

    private static async Task WaitForCallsAsync(EchoServer server)
    {
        using var patience = new CancellationTokenSource(TestClock.Patience);
        while (server.Probe.Calls.Count < 200)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Reads up to a frame or the end of the connection.</summary>
    private static void ReadInto(List<Frame> seen, RawHttp2 client, Func<Frame, bool> isIt) =>
        client.ReadUntil(frame =>
        {
            seen.Add(frame);
            return isIt(frame);
        });

    /// <summary>From the stream's last headers, which without a table are all literals.</summary>
    private static StatusCode? StatusOf(List<Frame> seen, int stream)
    {
        var trailers = seen.FindLast(frame => frame.Stream == stream && frame.Type == FrameType.Headers);
        return trailers is not null && Hpack.Find(trailers.Payload, "grpc-status") is { } status
            ? Enum.Parse<StatusCode>(status)
            : null;
    }
}
