using Grpc.Core;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Client;

/// <summary>Metadata both ways: text and bytes, headers and trailers.</summary>
[TestFixture]
public sealed class MetadataTests
{
    private static readonly byte[] Bytes = [0, 1, 0xAB, 0xFF];

    private static readonly Metadata Headers = new()
    {
        { "x-echo-text", "some text" },
        { "x-echo-bytes-bin", Bytes },
        { "x-echo-bytes-bin", Bytes },
        { "x-echo-trailer-text", "last" },
        { "x-echo-trailer-bytes-bin", Bytes },
    };

    [Test]
    public async Task Metadata_goes_there_and_back_with_a_unary_call()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.SayAsync(new SayRequest(), Headers, TestClock.Later);
        var headers = await call.ResponseHeadersAsync;
        await call;

        Assert.That(headers.GetValue("x-echo-text"), Is.EqualTo("some text"));
        Assert.That(headers.GetAll("x-echo-bytes-bin").Select(e => e.ValueBytes), Is.EqualTo(new[] { Bytes, Bytes }));
        Assert.That(call.GetTrailers().GetValue("x-echo-trailer-text"), Is.EqualTo("last"));
        Assert.That(call.GetTrailers().GetValueBytes("x-echo-trailer-bytes-bin"), Is.EqualTo(Bytes));
    }

    [Test]
    public async Task Response_headers_arrive_before_the_first_message()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Chat(Headers, TestClock.Later);
        var headers = await call.ResponseHeadersAsync.WaitAsync(TestClock.Patience);

        Assert.That(headers.GetValue("x-echo-text"), Is.EqualTo("some text"));
    }

    [Test]
    public async Task The_status_of_a_call_under_way_cannot_be_asked_for()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Chat();

        Assert.That(() => call.GetStatus(), Throws.InvalidOperationException);
    }
}
