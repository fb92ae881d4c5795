using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.Http2;

namespace Spaces.Contracts.Tests.Client;

/// <summary>
/// The negative HTTP/2 cases of the gRPC project, after their public description: a server misbehaves, or may not be
/// overrun, and our client copes.
/// </summary>
[TestFixture]
public sealed class NegativeHttp2Tests
{
    private const int MaxConcurrentStreams = 0x3;
    private const int ResponseLength = 1000;

    private static readonly byte[] ResponseHeaders =
    [
        .. Hpack.Encode((":status", "200"), ("content-type", "application/grpc")),
    ];
    private static readonly byte[] Trailers = Hpack.Encode(("grpc-status", "0"));
    private static readonly byte[] Message = RawGrpc.Frame(
        new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[ResponseLength]) } }
    );

    [Test]
    public async Task Goaway_sends_the_next_call_over_another_connection()
    {
        using var server = new RawServer(
            (connection, frame) =>
            {
                if (IsRequestEnd(frame))
                {
                    Answer(connection, frame.Stream);
                    connection.Send(FrameType.GoAway, Flag.None, 0, [.. RawHttp2.Number(frame.Stream), 0, 0, 0, 0]);
                }
            }
        );
        using var channel = GrpcChannel.ForAddress(server.Address);

        Assert.That(await CallAsync(channel), Is.EqualTo(ResponseLength));
        Assert.That(await CallAsync(channel), Is.EqualTo(ResponseLength));

        Assert.That(server.Connections, Is.EqualTo(2));
    }

    [TestCase("rst_after_header", 0)]
    [TestCase("rst_during_data", 500)]
    [TestCase("rst_after_data", int.MaxValue)]
    public async Task A_stream_that_is_reset_before_its_trailers_is_no_success(string name, int dataLength)
    {
        using var server = new RawServer(
            (connection, frame) =>
            {
                if (IsRequestEnd(frame))
                {
                    connection.Send(FrameType.Headers, Flag.EndHeaders, frame.Stream, ResponseHeaders);
                    if (dataLength > 0)
                    {
                        connection.Send(FrameType.Data, Flag.None, frame.Stream, [.. Message.Take(dataLength)]);
                    }
                    connection.Send(FrameType.RstStream, Flag.None, frame.Stream, 0, 0, 0, 0);
                }
            }
        );
        using var channel = GrpcChannel.ForAddress(server.Address);

        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.That(failure!.StatusCode, Is.Not.EqualTo(StatusCode.OK), name);
        Assert.That(failure.StatusCode, Is.Not.EqualTo(StatusCode.DeadlineExceeded), name);
    }

    [Test]
    public async Task Pings_are_answered_in_the_midst_of_calls()
    {
        var acknowledged = new ConcurrentQueue<byte>();
        using var server = new RawServer(
            (connection, frame) =>
            {
                if (frame.Type == FrameType.Ping && frame.Has(Flag.Ack))
                {
                    acknowledged.Enqueue(frame.Payload[0]);
                }
                else if (IsRequestEnd(frame))
                {
                    Ping(connection, 1);
                    connection.Send(FrameType.Headers, Flag.EndHeaders, frame.Stream, ResponseHeaders);
                    Ping(connection, 2);
                    connection.Send(FrameType.Data, Flag.None, frame.Stream, Message);
                    Ping(connection, 3);
                    connection.Send(FrameType.Headers, Flag.EndHeaders | Flag.EndStream, frame.Stream, Trailers);
                }
            }
        );
        using var channel = GrpcChannel.ForAddress(server.Address);

        Assert.That(await CallAsync(channel), Is.EqualTo(ResponseLength));
        Assert.That(await CallAsync(channel), Is.EqualTo(ResponseLength));

        Assert.That(() => acknowledged.Count, Is.EqualTo(6).After(5000, 10));
        Assert.That(acknowledged, Is.EqualTo(new byte[] { 1, 2, 3, 1, 2, 3 }));
    }

    [Test]
    public async Task A_connection_gets_no_more_streams_at_once_than_its_server_allows()
    {
        var open = new ConcurrentDictionary<RawHttp2, int>();
        var openMax = 0;
        using var server = new RawServer(
            (connection, frame) =>
            {
                if (frame.Type == FrameType.Headers)
                {
                    openMax = Math.Max(openMax, open.AddOrUpdate(connection, 1, (_, count) => count + 1));
                }
                if (IsRequestEnd(frame))
                {
                    open.AddOrUpdate(connection, 0, (_, count) => count - 1);
                    Answer(connection, frame.Stream);
                }
            },
            (MaxConcurrentStreams, 1)
        );
        var handler = new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false };
        using var channel = GrpcChannel.ForAddress(
            server.Address,
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }
        );

        await CallAsync(channel);
        var lengths = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(channel)));

        Assert.That(lengths, Is.All.EqualTo(ResponseLength));
        Assert.That(openMax, Is.EqualTo(1));
        Assert.That(server.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_server_that_does_not_answer_keep_alive_pings_is_given_up()
    {
        using var server = new RawServer((_, _) => { });
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            KeepAlivePingDelay = TimeSpan.FromSeconds(1),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        };
        using var channel = GrpcChannel.ForAddress(
            server.Address,
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }
        );

        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Internal), "HttpClient tells it as a protocol error");
    }

    private static bool IsRequestEnd(Frame frame) => frame.Type == FrameType.Data && frame.Has(Flag.EndStream);

    private static void Ping(RawHttp2 connection, byte name) =>
        connection.Send(FrameType.Ping, Flag.None, 0, name, 0, 0, 0, 0, 0, 0, 0);

    private static void Answer(RawHttp2 connection, int stream)
    {
        connection.Send(FrameType.Headers, Flag.EndHeaders, stream, ResponseHeaders);
        connection.Send(FrameType.Data, Flag.None, stream, Message);
        connection.Send(FrameType.Headers, Flag.EndHeaders | Flag.EndStream, stream, Trailers);
    }

    private static async Task<int> CallAsync(GrpcChannel channel)
    {
        var client = new TestService.TestServiceClient(channel);
        var response = await client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1 }, deadline: TestClock.Later);
        return response.Payload.Body.Length;
    }
}
