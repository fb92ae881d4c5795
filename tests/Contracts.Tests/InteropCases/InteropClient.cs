using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using Spaces.Contracts.Tests.Hosting;

namespace Spaces.Contracts.Tests.InteropCases;

/// <summary>Our client in the interoperability cases that do not concern compression.</summary>
internal static class InteropClient
{
    private const int LargeRequestLength = 271828;
    private const int LargeResponseLength = 314159;
    private const int RpcSoakCalls = 100;
    private const int ChannelSoakCalls = 25;

    private static readonly int[] RequestLengths = [27182, 8, 1828, 45904];
    private static readonly int[] ResponseLengths = [31415, 9, 2653, 58979];

    public static async Task RunAsync(string name, GrpcChannel channel)
    {
        var client = new TestService.TestServiceClient(channel);
        await (
            name switch
            {
                "empty_unary" => EmptyUnaryAsync(client),
                "large_unary" => LargeUnaryAsync(client),
                "cacheable_unary" => CacheableUnaryAsync(client),
                "rpc_soak" => SoakAsync(() => LargeUnaryAsync(client), RpcSoakCalls),
                "channel_soak" => SoakAsync(() => LargeUnaryOverAFreshChannelAsync(channel.Target), ChannelSoakCalls),
                "client_streaming" => ClientStreamingAsync(client),
                "server_streaming" => ServerStreamingAsync(client),
                "ping_pong" => PingPongAsync(client),
                "empty_stream" => EmptyStreamAsync(client),
                "custom_metadata" => CustomMetadataAsync(client),
                "status_code_and_message" => StatusAsync(client, "test status message"),
                "special_status_message" => StatusAsync(
                    client,
                    "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
                ),
                "unimplemented_method" => FailsAsync(
                    StatusCode.Unimplemented,
                    async () => await client.UnimplementedCallAsync(new Empty(), deadline: TestClock.Later)
                ),
                "unimplemented_service" => UnimplementedServiceAsync(channel),
                "cancel_after_begin" => CancelAfterBeginAsync(client),
                "cancel_after_first_response" => CancelAfterFirstResponseAsync(client),
                "timeout_on_sleeping_server" => TimeoutAsync(client),
                _ => throw new ArgumentException($"There is no case '{name}'.", nameof(name)),
            }
        );
    }

    public static Payload Zeros(int length) => new() { Body = ByteString.CopyFrom(new byte[length]) };

    public static async Task FailsAsync(StatusCode expected, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => call());
        Assert.That(failure!.StatusCode, Is.EqualTo(expected), failure.Status.Detail);
    }

    private static async Task EmptyUnaryAsync(TestService.TestServiceClient client) =>
        Assert.That(await client.EmptyCallAsync(new Empty(), deadline: TestClock.Later), Is.EqualTo(new Empty()));

    private static async Task LargeUnaryAsync(TestService.TestServiceClient client) =>
        Assert.That((await client.UnaryCallAsync(Large(), deadline: TestClock.Later)).Payload, Is.EqualTo(LargeAnswer));

    private static async Task CacheableUnaryAsync(TestService.TestServiceClient client)
    {
        for (var i = 0; i < 2; i++)
        {
            using var call = client.CacheableUnaryCallAsync(
                new SimpleRequest(),
                new Metadata { { "x-user-ip", "1.2.3.4" } },
                TestClock.Later
            );
            Assert.That((await call).Payload.Body.ToStringUtf8(), Does.Match("^[0-9]+$"));
            Assert.That((await call.ResponseHeadersAsync).GetValue("cache-control"), Is.EqualTo("max-age=60, public"));
        }
    }

    private static async Task SoakAsync(Func<Task> call, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await call();
        }
    }

    private static async Task LargeUnaryOverAFreshChannelAsync(string target)
    {
        using var fresh = GrpcChannel.ForAddress($"http://{target}");
        await LargeUnaryAsync(new TestService.TestServiceClient(fresh));
    }

    private static async Task ClientStreamingAsync(TestService.TestServiceClient client)
    {
        using var call = client.StreamingInputCall(deadline: TestClock.Later);
        foreach (var length in RequestLengths)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(length) });
        }
        await call.RequestStream.CompleteAsync();

        Assert.That((await call).AggregatedPayloadSize, Is.EqualTo(74922));
    }

    private static async Task ServerStreamingAsync(TestService.TestServiceClient client)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.Add(ResponseLengths.Select(length => new ResponseParameters { Size = length }));
        using var call = client.StreamingOutputCall(request, deadline: TestClock.Later);

        var payloads = await call.ResponseStream.ReadAllAsync().Select(response => response.Payload).ToListAsync();

        Assert.That(payloads, Is.EqualTo(ResponseLengths.Select(Zeros)));
    }

    private static async Task PingPongAsync(TestService.TestServiceClient client)
    {
        using var call = client.FullDuplexCall(deadline: TestClock.Later);
        foreach (var (requestLength, responseLength) in RequestLengths.Zip(ResponseLengths))
        {
            await call.RequestStream.WriteAsync(Ping(requestLength, responseLength));
            Assert.That(await call.ResponseStream.MoveNext(), Is.True);
            Assert.That(call.ResponseStream.Current.Payload, Is.EqualTo(Zeros(responseLength)));
        }
        await call.RequestStream.CompleteAsync();

        Assert.That(await call.ResponseStream.MoveNext(), Is.False);
    }

    private static async Task EmptyStreamAsync(TestService.TestServiceClient client)
    {
        using var call = client.FullDuplexCall(deadline: TestClock.Later);
        await call.RequestStream.CompleteAsync();

        Assert.That(await call.ResponseStream.MoveNext(), Is.False);
        Assert.That(call.GetStatus().StatusCode, Is.EqualTo(StatusCode.OK));
    }

    private static async Task CustomMetadataAsync(TestService.TestServiceClient client)
    {
        byte[] bytes = [0xAB, 0xAB, 0xAB];
        var metadata = new Metadata
        {
            { "x-grpc-test-echo-initial", "test_initial_metadata_value" },
            { "x-grpc-test-echo-trailing-bin", bytes },
        };
        using var unary = client.UnaryCallAsync(Large(), metadata, TestClock.Later);
        Assert.That((await unary).Payload, Is.EqualTo(LargeAnswer));
        Check(await unary.ResponseHeadersAsync, unary.GetTrailers());

        using var duplex = client.FullDuplexCall(metadata, TestClock.Later);
        await duplex.RequestStream.WriteAsync(Ping(LargeRequestLength, LargeResponseLength));
        await duplex.RequestStream.CompleteAsync();
        Assert.That(await duplex.ResponseStream.ReadAllAsync().CountAsync(), Is.EqualTo(1));
        Check(await duplex.ResponseHeadersAsync, duplex.GetTrailers());

        void Check(Metadata headers, Metadata trailers)
        {
            Assert.That(headers.GetValue("x-grpc-test-echo-initial"), Is.EqualTo("test_initial_metadata_value"));
            Assert.That(trailers.GetValueBytes("x-grpc-test-echo-trailing-bin"), Is.EqualTo(bytes));
        }
    }

    private static async Task StatusAsync(TestService.TestServiceClient client, string message)
    {
        var expected = new Status(StatusCode.Unknown, message);
        var wish = new EchoStatus { Code = (int)StatusCode.Unknown, Message = message };
        var unary = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.UnaryCallAsync(new SimpleRequest { ResponseStatus = wish }, deadline: TestClock.Later)
        );
        Assert.That(unary!.Status, Is.EqualTo(expected));

        using var duplex = client.FullDuplexCall(deadline: TestClock.Later);
        await duplex.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = wish });
        await duplex.RequestStream.CompleteAsync();
        var streaming = await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseStream.MoveNext());
        Assert.That(streaming!.Status, Is.EqualTo(expected));
    }

    private static Task UnimplementedServiceAsync(GrpcChannel channel) =>
        FailsAsync(
            StatusCode.Unimplemented,
            async () =>
                await new UnimplementedService.UnimplementedServiceClient(channel).UnimplementedCallAsync(
                    new Empty(),
                    deadline: TestClock.Later
                )
        );

    private static async Task CancelAfterBeginAsync(TestService.TestServiceClient client)
    {
        using var cancelled = new CancellationTokenSource();
        using var call = client.StreamingInputCall(cancellationToken: cancelled.Token);
        await cancelled.CancelAsync();

        await FailsAsync(StatusCode.Cancelled, async () => await call);
    }

    private static async Task CancelAfterFirstResponseAsync(TestService.TestServiceClient client)
    {
        using var cancelled = new CancellationTokenSource();
        using var call = client.FullDuplexCall(cancellationToken: cancelled.Token);
        await call.RequestStream.WriteAsync(Ping(RequestLengths[0], ResponseLengths[0]));
        Assert.That(await call.ResponseStream.MoveNext(), Is.True);
        await cancelled.CancelAsync();

        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext());
    }

    private static async Task TimeoutAsync(TestService.TestServiceClient client)
    {
        using var call = client.FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(1));
        await FailsAsync(
            StatusCode.DeadlineExceeded,
            async () =>
            {
                await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Zeros(27182) });
                await call.ResponseStream.MoveNext();
            }
        );
    }

    private static Payload LargeAnswer => Zeros(LargeResponseLength);

    private static SimpleRequest Large() =>
        new() { ResponseSize = LargeResponseLength, Payload = Zeros(LargeRequestLength) };

    private static StreamingOutputCallRequest Ping(int requestLength, int responseLength) =>
        new()
        {
            Payload = Zeros(requestLength),
            ResponseParameters = { new ResponseParameters { Size = responseLength } },
        };
}
