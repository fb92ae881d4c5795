using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;
using Status = Grpc.Core.Status;

namespace Spaces.Contracts.Tests.Foreign;

/// <summary>Our client against official servers.</summary>
[TestFixture(true, TestName = "Our client against grpc-js")]
[TestFixture(false, TestName = "Our client against grpcio")]
internal sealed class ForeignServerTests(bool isNode)
{
    private static readonly byte[] Bytes = [0, 1, 0xAB, 0xFF];

    private ForeignProcess _server = null!;
    private GrpcChannel _channel = null!;
    private EchoService.EchoServiceClient _client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = isNode ? ForeignProcess.Node("server.js") : ForeignProcess.Python("server.py");
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{await _server.ReadLineAsync()}");
        _client = new EchoService.EchoServiceClient(_channel);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _channel.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Unary_calls_carry_metadata_both_ways()
    {
        var metadata = new Metadata { { "x-echo-text", "some text" }, { "x-echo-trailer-bytes-bin", Bytes } };

        using var call = _client.SayAsync(new SayRequest { Text = "hello" }, metadata, TestClock.Later);

        Assert.That((await call).Text, Is.EqualTo("hello"));
        Assert.That((await call.ResponseHeadersAsync).GetValue("x-echo-text"), Is.EqualTo("some text"));
        Assert.That(call.GetTrailers().GetValueBytes("x-echo-trailer-bytes-bin"), Is.EqualTo(Bytes));
    }

    [Test]
    public async Task Client_streams_arrive()
    {
        using var call = _client.Collect(deadline: TestClock.Later);
        await call.RequestStream.WriteAsync(new SayRequest { Text = "one" });
        await call.RequestStream.WriteAsync(new SayRequest { Text = "two" });
        await call.RequestStream.CompleteAsync();

        Assert.That((await call).Text, Is.EqualTo("one two"));
    }

    [Test]
    public async Task Server_streams_arrive()
    {
        using var call = _client.Repeat(new SayRequest { Text = "again", Times = 3 }, deadline: TestClock.Later);

        var texts = await call.ResponseStream.ReadAllAsync().Select(message => message.Text).ToListAsync();

        Assert.That(texts, Is.EqualTo(new[] { "again", "again", "again" }));
    }

    [Test]
    public async Task Duplex_streams_answer_message_by_message()
    {
        using var call = _client.Chat(deadline: TestClock.Later);
        foreach (var text in new[] { "a", "b" })
        {
            await call.RequestStream.WriteAsync(new SayRequest { Text = text });
            Assert.That(await call.ResponseStream.MoveNext(), Is.True);
            Assert.That(call.ResponseStream.Current.Text, Is.EqualTo(text));
        }
        await call.RequestStream.CompleteAsync();

        Assert.That(await call.ResponseStream.MoveNext(), Is.False);
    }

    [Test]
    public async Task Errors_arrive_with_text_and_trailers()
    {
        var request = new SayRequest { FailWith = 5, Text = "no such thing: ü" };

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _client.SayAsync(request, deadline: TestClock.Later)
        );

        Assert.That(failure!.Status, Is.EqualTo(new Status(StatusCode.NotFound, "no such thing: ü")));
        Assert.That(failure.Trailers.GetValue("x-why"), Is.EqualTo("asked for"));
    }

    [Test]
    public async Task Error_details_arrive()
    {
        var request = new SayRequest
        {
            FailWith = 9,
            FailWithDetails = true,
            Text = "why: ü",
        };

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _client.SayAsync(request, deadline: TestClock.Later)
        );

        var status = failure!.GetRpcStatus();
        Assert.That(status!.Code, Is.EqualTo((int)StatusCode.FailedPrecondition));
        Assert.That(status.Message, Is.EqualTo("why: ü"));
        Assert.That(status.GetDetail<SayRequest>(), Is.EqualTo(new SayRequest { Text = "why: ü" }));
    }

    [Test]
    public async Task Deadlines_end_calls()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _client.SayAsync(new SayRequest { Hang = true }, deadline: DateTime.UtcNow.AddSeconds(1))
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.DeadlineExceeded));
    }

    [Test]
    public async Task A_message_over_the_servers_limit_is_RESOURCE_EXHAUSTED()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _client.SayAsync(
                new SayRequest { Text = new string('x', 5 * 1024 * 1024) },
                deadline: TestClock.Later
            )
        );

        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.ResourceExhausted));
    }
}
