using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Server;

/// <summary>Interceptors on both sides, used as a key check of a control channel.</summary>
[TestFixture]
public sealed class InterceptorTests
{
    [Test]
    public async Task A_server_interceptor_guards_every_kind_of_call()
    {
        await using var server = await EchoServer.StartAsync(options => options.Interceptors.Add<KeyGuard>("right"));
        using var channel = server.Channel();
        var stranger = new EchoService.EchoServiceClient(channel);
        var friend = new EchoService.EchoServiceClient(channel.Intercept(new KeyBearer("right")));

        await AssertRefusedAsync(async () => await stranger.SayAsync(new SayRequest(), deadline: TestClock.Later));
        await AssertRefusedAsync(async () =>
        {
            using var call = stranger.Repeat(new SayRequest { Times = 1 }, deadline: TestClock.Later);
            await call.ResponseStream.MoveNext();
        });
        await AssertRefusedAsync(async () =>
        {
            using var call = stranger.Collect(deadline: TestClock.Later);
            await call;
        });
        await AssertRefusedAsync(async () =>
        {
            using var call = stranger.Chat(deadline: TestClock.Later);
            await call.ResponseStream.MoveNext();
        });
        Assert.That(server.Probe.Calls, Is.Empty);

        var response = await friend.SayAsync(new SayRequest { Text = "hello" }, deadline: TestClock.Later);
        using var chat = friend.Chat(deadline: TestClock.Later);
        await chat.RequestStream.WriteAsync(new SayRequest { Text = "hello" });
        Assert.That(await chat.ResponseStream.MoveNext(), Is.True);
        Assert.That(response.Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task The_first_interceptor_named_sees_a_call_first()
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.Interceptors.Add<Witness>("server 1", seen);
            options.Interceptors.Add<Witness>("server 2", seen);
        });
        using var channel = server.Channel();
        var invoker = channel.Intercept(new Witness("client 1", seen), new Witness("client 2", seen));

        await new EchoService.EchoServiceClient(invoker).SayAsync(new SayRequest(), deadline: TestClock.Later);

        Assert.That(seen, Is.EqualTo(new[] { "client 1", "client 2", "server 1", "server 2" }));
    }

    private static async Task AssertRefusedAsync(Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => call());
        Assert.That(failure!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
    }

    private sealed class KeyBearer(string key) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation
        ) => continuation(request, WithKey(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation
        ) => continuation(WithKey(context));

        private ClientInterceptorContext<TRequest, TResponse> WithKey<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context
        )
            where TRequest : class
            where TResponse : class =>
            new(context.Method, context.Host, context.Options.WithHeaders(new Metadata { { "authorization", key } }));
    }

    private sealed class KeyGuard(string key) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation
        ) => continuation(request, Checked(context));

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation
        ) => continuation(requestStream, Checked(context));

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation
        ) => continuation(request, responseStream, Checked(context));

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream,
            IServerStreamWriter<TResponse> responseStream,
            ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation
        ) => continuation(requestStream, responseStream, Checked(context));

        private ServerCallContext Checked(ServerCallContext context) =>
            context.RequestHeaders.GetValue("authorization") == key
                ? context
                : throw new RpcException(new Status(StatusCode.Unauthenticated, "Wrong key."));
    }

    private sealed class Witness(string name, ConcurrentQueue<string> seen) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request,
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation
        )
        {
            seen.Enqueue(name);
            return continuation(request, context);
        }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request,
            ServerCallContext context,
            UnaryServerMethod<TRequest, TResponse> continuation
        )
        {
            seen.Enqueue(name);
            return continuation(request, context);
        }
    }
}
