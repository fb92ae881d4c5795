using Grpc.Core;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Client;

/// <summary>Our client and our server, all four kinds of call.</summary>
[TestFixture]
public sealed class CallKindsTests
{
    [Test]
    public async Task A_unary_call_brings_the_response()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var response = await client.SayAsync(new SayRequest { Text = "hello" }, deadline: TestClock.Later);

        Assert.That(response.Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task A_blocking_unary_call_brings_the_response()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var response = client.Say(new SayRequest { Text = "hello" }, deadline: TestClock.Later);

        Assert.That(response.Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task A_client_stream_arrives_in_order()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Collect(deadline: TestClock.Later);
        foreach (var word in new[] { "one", "two", "three" })
        {
            await call.RequestStream.WriteAsync(new SayRequest { Text = word });
        }
        await call.RequestStream.CompleteAsync();

        Assert.That((await call).Text, Is.EqualTo("one two three"));
    }

    [Test]
    public async Task A_server_stream_brings_every_message_and_then_ends()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Repeat(new SayRequest { Text = "again", Times = 1000 }, deadline: TestClock.Later);
        var count = 0;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            Assert.That(response.Text, Is.EqualTo("again"));
            count++;
        }

        Assert.That(count, Is.EqualTo(1000));
        Assert.That(call.GetStatus().StatusCode, Is.EqualTo(StatusCode.OK));
    }

    [Test]
    public async Task An_empty_server_stream_ends_with_OK()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Repeat(new SayRequest(), deadline: TestClock.Later);

        Assert.That(await call.ResponseStream.MoveNext(), Is.False);
    }

    [Test]
    public async Task A_duplex_stream_answers_each_message_before_the_next()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        using var call = client.Chat(deadline: TestClock.Later);
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new SayRequest { Text = $"{i}" });
            Assert.That(await call.ResponseStream.MoveNext(), Is.True);
            Assert.That(call.ResponseStream.Current.Text, Is.EqualTo($"{i}"));
        }
        await call.RequestStream.CompleteAsync();

        Assert.That(await call.ResponseStream.MoveNext(), Is.False);
    }

    [Test]
    public async Task Many_calls_share_a_channel()
    {
        await using var server = await EchoServer.StartAsync();
        using var channel = server.Channel();
        var client = new EchoService.EchoServiceClient(channel);

        var calls = Enumerable
            .Range(0, 300)
            .Select(i => client.SayAsync(new SayRequest { Text = $"{i}" }, deadline: TestClock.Later).ResponseAsync);
        var responses = await Task.WhenAll(calls);

        Assert.That(
            responses.Select(response => response.Text),
            Is.EqualTo(Enumerable.Range(0, 300).Select(i => $"{i}"))
        );
    }
}
