using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Serves a method with one request or one response as if both were streams.</summary>
internal static class SingleMessage
{
    /// <summary>A single response waits for the status that follows it at once, and travels with it.</summary>
    private static readonly WriteOptions WithTheStatus = new(WriteFlags.BufferHint);

    public static DuplexStreamingServerMethod<TRequest, TResponse> AsDuplex<TRequest, TResponse>(
        UnaryServerMethod<TRequest, TResponse> handler
    )
        where TRequest : class
        where TResponse : class =>
        async (requests, responses, call) =>
            await WriteAsync(responses, await handler(await ReadAsync(requests), call), call);

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
            throw new RpcException(new Status(StatusCode.Internal, "The call ended without its request message."));
        }

        var request = requests.Current;
        return await requests.MoveNext(CancellationToken.None)
            ? throw new RpcException(new Status(StatusCode.Internal, "The call has more than its one request message."))
            : request;
    }

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
            throw new InvalidOperationException($"The handler of {call.Method} returned null instead of a response.");
        }

        responses.WriteOptions = call.WriteOptions is { } options
            ? new WriteOptions(options.Flags | WriteFlags.BufferHint)
            : WithTheStatus;
        await responses.WriteAsync(response);
    }
}
