using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a method with one request or one response as if both were streams.</summary>
internal static class SingleMessage
{
    /// <summary>A single response waits for the status that follows it at once, and travels with it.</summary>
    private static readonly WriteOptions WithTheStatus = new(WriteFlags.BufferHint);

    /// <summary>The one request of a unary call.</summary>
    /// <exception cref="RpcException">There is none, or more than one, or the bytes are no message.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<T> ReadAsync<T>(
        MessageReader<T> messages,
        CallCancellation cancellation,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            var request = await messages.ReadAsync(cancellationToken) ?? throw NoRequest();
            return await messages.ReadAsync(cancellationToken) is null ? request : throw MoreThanOneRequest();
        }
        catch (Exception exception) when (exception is FormatException or IOException)
        {
            throw ServerStreamReader.Explain(exception, cancellation);
        }
    }

    /// <summary>A handler's mistake.</summary>
    public static InvalidOperationException Missing(ServerCallContext call) =>
        new($"The handler of {call.Method} returned null instead of a response.");

    public static DuplexStreamingServerMethod<TRequest, TResponse> AsDuplex<TRequest, TResponse>(
        ClientStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        async (requests, responses, call) => await WriteAsync(responses, await handler(requests, call), call);

    public static DuplexStreamingServerMethod<TRequest, TResponse> AsDuplex<TRequest, TResponse>(
        ServerStreamingServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        async (requests, responses, call) => await handler(await ReadAsync(requests), responses, call);

    private static async Task<T> ReadAsync<T>(IAsyncStreamReader<T> requests)
    {
        if (!await requests.MoveNext(CancellationToken.None))
        {
            throw NoRequest();
        }

        var request = requests.Current;
        return await requests.MoveNext(CancellationToken.None) ? throw MoreThanOneRequest() : request;
    }

    private static RpcException NoRequest() =>
        new(new Status(StatusCode.Internal, "The call ended without its request message."));

    private static RpcException MoreThanOneRequest() =>
        new(new Status(StatusCode.Internal, "The call has more than its one request message."));

    /// <summary>A status other than OK that the handler set goes without a response.</summary>
    private static async Task WriteAsync<T>(IServerStreamWriter<T> responses, T? response, ServerCallContext call)
        where T : class
    {
        if (call.Status.StatusCode != StatusCode.OK)
        {
            return;
        }
        if (response is null)
        {
            throw Missing(call);
        }

        responses.WriteOptions = call.WriteOptions is { } options
            ? new WriteOptions(options.Flags | WriteFlags.BufferHint)
            : WithTheStatus;
        await responses.WriteAsync(response);
    }
}
