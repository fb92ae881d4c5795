using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Client;

/// <summary>What a caller may wish besides the request: credentials, and several values under one key.</summary>
[TestFixture]
public sealed class CallOptionsTests
{
    private static readonly SayRequest Hello = new() { Text = "hello" };

    [TestCase(true)]
    [TestCase(false)]
    public async Task Call_credentials_go_without_TLS_only_where_that_is_allowed(bool allowed)
    {
        await using var server = await EchoServer.StartAsync();
        var credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, Token("channel"));
        using var channel = server.Channel(
            new GrpcChannelOptions { Credentials = credentials, UnsafeUseInsecureChannelCallCredentials = allowed }
        );
        var options = new CallOptions(deadline: TestClock.Later).WithCredentials(Token("call"));

        await new EchoService.EchoServiceClient(channel).SayAsync(Hello, options);

        server.Probe.Calls.TryPeek(out var call);
        Assert.That(
            call!.RequestHeaders.GetAll("authorization").Select(entry => entry.Value),
            Is.EqualTo(allowed ? new[] { "channel for Say, call for Say" } : [])
        );
    }

    [Test]
    public async Task Credentials_that_cannot_be_had_fail_the_call_with_their_status()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true });
        var expired = CallCredentials.FromInterceptor(
            (_, _) => throw new RpcException(new Status(StatusCode.Unauthenticated, "The token is too old."))
        );

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await new EchoService.EchoServiceClient(channel).SayAsync(Hello, new CallOptions().WithCredentials(expired))
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
    }

    [Test]
    public async Task Several_values_of_a_key_arrive_texts_joined_and_bytes_apart()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var metadata = new Metadata
        {
            { "x-text", "one" },
            { "x-text", "two" },
            { "x-bytes-bin", [1] },
            { "x-bytes-bin", [2, 3] },
        };

        await new EchoService.EchoServiceClient(channel).SayAsync(Hello, metadata, TestClock.Later);

        server.Probe.Calls.TryPeek(out var call);
        var texts = string.Join(',', call!.RequestHeaders.GetAll("x-text").Select(entry => entry.Value));
        Assert.That(texts.Replace(", ", ",", StringComparison.Ordinal), Is.EqualTo("one,two"));
        Assert.That(
            call.RequestHeaders.GetAll("x-bytes-bin").Select(entry => entry.ValueBytes),
            Is.EqualTo(new byte[][] { [1], [2, 3] })
        );
    }

    [Test]
    public async Task Several_values_of_a_key_come_back_in_order()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var metadata = new Metadata { { "x-echo-bytes-bin", [1] }, { "x-echo-bytes-bin", [2, 3] } };

        using var call = new EchoService.EchoServiceClient(channel).SayAsync(Hello, metadata, TestClock.Later);

        Assert.That(
            (await call.ResponseHeadersAsync).GetAll("x-echo-bytes-bin").Select(entry => entry.ValueBytes),
            Is.EqualTo(new byte[][] { [1], [2, 3] })
        );
    }

    [Test]
    public async Task Requests_are_compressed_with_gzip_alone()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        Assert.Throws<InvalidOperationException>(() =>
            client.SayAsync(Hello, new Metadata { { "grpc-internal-encoding-request", "snappy" } })
        );
        var zipped = await client.SayAsync(
            Hello,
            new Metadata { { "grpc-internal-encoding-request", "gzip" } },
            TestClock.Later
        );

        Assert.That(zipped.Text, Is.EqualTo("hello"));
    }

    private static CallCredentials Token(string name) =>
        CallCredentials.FromInterceptor(
            (context, metadata) =>
            {
                metadata.Add("authorization", $"{name} for {context.MethodName}");
                return Task.CompletedTask;
            }
        );
}
