using System.Net;
using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;
using Status = Grpc.Core.Status;

namespace Spaces.Contracts.Tests.Client;

/// <summary>Every way in which a call can end other than well.</summary>
[TestFixture]
public sealed class CallEndTests
{
    [TestCase(StatusCode.NotFound)]
    [TestCase(StatusCode.Unauthenticated)]
    [TestCase(StatusCode.Unavailable)]
    public async Task A_status_arrives_with_its_text_and_trailers(StatusCode code)
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);
        var request = new SayRequest { FailWith = (int)code, Text = "grün: 100 %\n" };

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(request, deadline: TestClock.Later)
        );

        Assert.That(failure!.Status, Is.EqualTo(new Status(code, "grün: 100 %\n")));
        Assert.That(failure.Trailers.GetValue("x-why"), Is.EqualTo("asked for"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task The_details_of_an_error_arrive(bool isStream)
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);
        var request = new SayRequest
        {
            FailWith = (int)StatusCode.ResourceExhausted,
            FailWithDetails = true,
            Text = "grün",
            Times = 1,
        };

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = client.Repeat(request, deadline: TestClock.Later);
            _ = isStream
                ? await call.ResponseStream.ReadAllAsync().CountAsync()
                : (await client.SayAsync(request, deadline: TestClock.Later)).CalculateSize();
        });

        var status = failure!.GetRpcStatus();
        Assert.That(status!.Code, Is.EqualTo((int)StatusCode.ResourceExhausted));
        Assert.That(status.Message, Is.EqualTo("grün"));
        Assert.That(status.GetDetail<SayRequest>(), Is.EqualTo(new SayRequest { Text = "grün" }));
        Assert.That(status.GetDetail<SayResponse>(), Is.Null);
    }

    [Test]
    public async Task An_error_without_details_or_with_unreadable_ones_has_none()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var plain = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(new SayRequest { FailWith = 5 }, deadline: TestClock.Later)
        );
        var broken = new Metadata { { RpcStatusExtensions.StatusDetailsTrailerName, [0xFF] } };

        Assert.That(plain!.GetRpcStatus(), Is.Null);
        Assert.That(broken.GetRpcStatus(), Is.Null);
    }

    [Test]
    public async Task A_status_after_messages_arrives_after_them()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Repeat(
            new SayRequest
            {
                Times = 2,
                FailWith = 8,
                Text = "enough",
            }
        );
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.ResourceExhausted));
        Assert.That(call.GetStatus().Detail, Is.EqualTo("enough"));
        Assert.That(call.GetTrailers().GetValue("x-why"), Is.EqualTo("asked for"));
    }

    [Test]
    public async Task A_status_in_the_middle_of_a_conversation_arrives_though_requests_could_follow()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Chat(deadline: TestClock.Later);
        await call.RequestStream.WriteAsync(new SayRequest { Text = "hello" });
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        await call.RequestStream.WriteAsync(new SayRequest { FailWith = 9, Text = "no more" });
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        var later = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new SayRequest()));

        Assert.That(failure!.Status, Is.EqualTo(new Status(StatusCode.FailedPrecondition, "no more")));
        Assert.That(later!.StatusCode, Is.EqualTo(StatusCode.FailedPrecondition));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task An_exception_becomes_UNKNOWN_and_stays_secret_unless_asked_for(bool detailed)
    {
        await using var server = await EchoServer.StartAsync(options => options.EnableDetailedErrors = detailed);
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(new SayRequest { FailWith = EchoProbe.BugCode }, deadline: TestClock.Later)
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unknown));
        Assert.That(failure.Status.Detail.Contains(EchoProbe.BugText, StringComparison.Ordinal), Is.EqualTo(detailed));
    }

    [Test]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(new SayRequest { Hang = true }, deadline: DateTime.UtcNow.AddSeconds(1))
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));
        await server.Probe.Cancelled.Task.WaitAsync(TestClock.Patience);
    }

    [Test]
    public async Task A_handler_sees_the_deadline_and_the_peer()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);
        var deadline = DateTime.UtcNow.AddMinutes(10);

        await client.SayAsync(new SayRequest(), deadline: deadline);

        Assert.That(server.Probe.Calls.TryDequeue(out var call), Is.True);
        Assert.That(call!.Deadline, Is.EqualTo(deadline).Within(TimeSpan.FromSeconds(30)));
        Assert.That(call.Method, Is.EqualTo("/spaces.tests.v1.EchoService/Say"));
    }

    [Test]
    public async Task Cancelling_ends_the_call_on_both_sides()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);
        using var source = new CancellationTokenSource();

        using var call = client.Chat(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(new SayRequest { Text = "hello" });
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        await source.CancelAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Cancelled));
        await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new SayRequest()));
        await server.Probe.Cancelled.Task.WaitAsync(TestClock.Patience);
    }

    [Test]
    public async Task Disposing_a_call_that_nobody_reads_ends_it_on_the_server()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using (var call = client.Chat())
        {
            await call.RequestStream.WriteAsync(new SayRequest { Text = "hello" });
            Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        }

        await server.Probe.Cancelled.Task.WaitAsync(TestClock.Patience);
    }

    [Test]
    public async Task Disposing_the_channel_cancels_its_calls()
    {
        await using var server = await EchoServer.StartAsync();
        var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var response = client.SayAsync(new SayRequest { Hang = true }).ResponseAsync;
        channel.Dispose();

        var failure = await Assert.ThrowsAsync<RpcException>(() => response);
        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Cancelled));
    }

    [Test]
    public async Task A_cancelled_call_throws_OperationCanceled_where_the_channel_says_so()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = true });
        var client = new EchoService.EchoServiceClient(channel);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(async () =>
            await client.SayAsync(new SayRequest(), cancellationToken: cancelled.Token)
        );
    }

    [Test]
    public async Task A_server_that_is_not_there_is_UNAVAILABLE()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{UnusedPort()}");
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(new SayRequest(), deadline: TestClock.Later)
        );
        using var call = client.Chat();
        var failureOfWrite = await Assert.ThrowsAsync<RpcException>(() =>
            call.RequestStream.WriteAsync(new SayRequest())
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unavailable));
        Assert.That(failureOfWrite!.StatusCode, Is.EqualTo(StatusCode.Unavailable));
    }

    [Test]
    public async Task A_server_that_goes_away_is_UNAVAILABLE()
    {
        var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);
        using var call = client.Chat();
        await call.RequestStream.WriteAsync(new SayRequest { Text = "hello" });
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);

        await server.DisposeAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unavailable).Or.EqualTo(StatusCode.Internal));
    }

    [Test]
    public async Task A_response_over_the_limit_is_RESOURCE_EXHAUSTED()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel(new GrpcChannelOptions { MaxReceiveMessageSize = 1000 });
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(new SayRequest { ResponseLength = 1001 }, deadline: TestClock.Later)
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.ResourceExhausted));
        Assert.That(failure.Status.Detail, Does.Contain("at most 1000"));
    }

    [Test]
    public async Task A_request_over_the_limit_of_either_side_is_RESOURCE_EXHAUSTED()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        using var strict = server.Channel(new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        var tooLong = new SayRequest { Text = new string('x', 5 * 1024 * 1024) };

        foreach (var one in new[] { channel, strict })
        {
            var client = new EchoService.EchoServiceClient(one);
            var failure = await Assert.ThrowsAsync<RpcException>(async () =>
                await client.SayAsync(tooLong, deadline: TestClock.Later)
            );
            Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.ResourceExhausted));
        }
    }

    [Test]
    public async Task The_longest_allowed_message_passes_both_ways()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);
        var request = new SayRequest { Text = new string('x', 3_000_000), ResponseLength = 1_000_000 };

        var response = await client.SayAsync(request, deadline: TestClock.Later);

        Assert.That((response.Text.Length, response.Payload.Length), Is.EqualTo((3_000_000, 1_000_000)));
    }

    [Test]
    public async Task A_web_page_instead_of_gRPC_is_told_apart()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(new Uri(server.Http1Address, "/"));
        var client = new EchoService.EchoServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.SayAsync(new SayRequest(), deadline: TestClock.Later)
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unavailable).Or.EqualTo(StatusCode.Internal));
    }

    [TestCase("nowhere")]
    [TestCase("ftp://127.0.0.1")]
    public void An_address_that_is_none_is_refused(string address)
    {
        Assert.That(() => GrpcChannel.ForAddress(address), Throws.ArgumentException.With.Message.Contains("http://"));
    }

    [Test]
    public async Task A_deadline_in_local_time_is_refused()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        Assert.That(
            () => client.SayAsync(new SayRequest(), deadline: DateTime.Now),
            Throws.InvalidOperationException.With.Message.Contains("UTC")
        );
    }

    private static int UnusedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
