using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Client;

/// <summary>Calls that are made again, as far as a service config says.</summary>
[TestFixture]
public sealed class RetryTests
{
    private static readonly SayRequest Unavailable = new() { FailWith = (int)StatusCode.Unavailable, Text = "not now" };

    [Test]
    public async Task A_call_that_fails_with_a_retryable_status_is_made_as_often_as_the_policy_says()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 3));
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await FailAsync(client, Unavailable);

        Assert.That(failure.Status, Is.EqualTo(new Status(StatusCode.Unavailable, "not now")));
        Assert.That(Attempts(server), Is.EqualTo(new[] { null, "1", "2" }));
    }

    [Test]
    public async Task Another_status_is_not_retried()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 3));
        var client = new EchoService.EchoServiceClient(channel);

        await FailAsync(client, new SayRequest { FailWith = (int)StatusCode.NotFound });

        Assert.That(server.Probe.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Nothing_is_retried_without_a_policy()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();

        await FailAsync(new EchoService.EchoServiceClient(channel), Unavailable);

        Assert.That(server.Probe.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_call_whose_second_attempt_is_good_is_good()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 2));
        var client = new EchoService.EchoServiceClient(channel);
        server.Probe.FailuresLeft = 1;

        var response = await client.SayAsync(new SayRequest { Text = "hello" }, deadline: TestClock.Later);

        Assert.That(response.Text, Is.EqualTo("hello"));
        Assert.That(Attempts(server), Is.EqualTo(new[] { null, "1" }));
    }

    [Test]
    public async Task A_stream_of_responses_is_retried_before_its_first()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 2));
        var client = new EchoService.EchoServiceClient(channel);
        server.Probe.FailuresLeft = 1;

        using var call = client.Repeat(new SayRequest { Text = "again", Times = 2 }, deadline: TestClock.Later);

        Assert.That(await call.ResponseStream.ReadAllAsync().CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_failure_after_the_first_response_is_not_retried()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 3));
        var client = new EchoService.EchoServiceClient(channel);
        var request = new SayRequest { Times = 1, FailWith = (int)StatusCode.Unavailable };

        using var call = client.Repeat(request, deadline: TestClock.Later);
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.That(server.Probe.Calls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_deadline_covers_all_attempts()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 5, TimeSpan.FromHours(1)));
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(Unavailable, deadline: DateTime.UtcNow.AddMilliseconds(500))
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));
    }

    [TestCase("0", 3)]
    [TestCase("-1", 1)]
    [TestCase("soon", 1)]
    public async Task The_servers_pushback_goes_before_the_policys_back_off(string pushback, int attempts)
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(Retrying(attempts: 3, TimeSpan.FromHours(1)));
        var client = new EchoService.EchoServiceClient(channel);
        var metadata = new Metadata { { "x-pushback", pushback } };

        await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(Unavailable, metadata, TestClock.Later)
        );

        Assert.That(server.Probe.Calls, Has.Count.EqualTo(attempts));
    }

    [Test]
    public async Task Retries_stop_while_most_calls_fail()
    {
        await using var server = await EchoServer.StartAsync();
        var options = Retrying(attempts: 5);
        options.ServiceConfig!.RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 4, TokenRatio = 0.1 };
        using var channel = server.Channel(options);
        var client = new EchoService.EchoServiceClient(channel);

        await FailAsync(client, Unavailable);
        await FailAsync(client, Unavailable);

        Assert.That(
            server.Probe.Calls,
            Has.Count.EqualTo(3),
            "4 tokens: two failures, of which one is retried; then none"
        );
    }

    [Test]
    public void A_policy_that_lacks_a_value_is_refused()
    {
        var options = Retrying(attempts: 2);
        options.ServiceConfig!.MethodConfigs[0].RetryPolicy!.MaxBackoff = null;

        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress("http://127.0.0.1:1", options));
    }

    private static GrpcChannelOptions Retrying(int attempts, TimeSpan? backoff = null) =>
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
                            MaxAttempts = attempts,
                            InitialBackoff = backoff ?? TimeSpan.FromMilliseconds(1),
                            MaxBackoff = backoff ?? TimeSpan.FromMilliseconds(5),
                            BackoffMultiplier = 1.5,
                            RetryableStatusCodes = { StatusCode.Unavailable },
                        },
                    },
                },
            },
        };

    private static async Task<RpcException> FailAsync(EchoService.EchoServiceClient client, SayRequest request) =>
        (
            await Assert.ThrowsAsync<RpcException>(async () =>
                await client.SayAsync(request, deadline: TestClock.Later)
            )
        )!;

    private static string?[] Attempts(EchoServer server) =>
        [.. server.Probe.Calls.Select(call => call.RequestHeaders.GetValue("grpc-previous-rpc-attempts"))];
}
