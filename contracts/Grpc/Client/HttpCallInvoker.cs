using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Starts calls over HTTP/2: each is one request with a body that streams both ways.</summary>
internal sealed class HttpCallInvoker(CallTransport transport) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = Start(method, host, options, request);
        return new AsyncUnaryCall<TResponse>(
            call.ReadSingleAsync(),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose
        );
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = Start(method, host, options, request);
        return new AsyncServerStreamingCall<TResponse>(
            new ClientStreamReader<TRequest, TResponse>(call),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose
        );
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = Start(method, host, options, single: null);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.Requests,
            call.ReadSingleAsync(),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose
        );
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = Start(method, host, options, single: null);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.Requests,
            new ClientStreamReader<TRequest, TResponse>(call),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose
        );
    }

    /// <summary>
    /// Starts a call; <paramref name="single"/> is the one request of a method that has one, else null.
    /// </summary>
    private ClientCall<TRequest, TResponse> Start<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest? single
    )
        where TRequest : class
        where TResponse : class
    {
        var call = new ClientCall<TRequest, TResponse>(transport, method, host, options, single);
        call.Start();
        return call;
    }
}
