using System.Net;
using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client;

/// <summary>
/// Connections to one server, or to several that do the same, over HTTP/2: without TLS by prior knowledge, with TLS by
/// ALPN.
/// </summary>
/// <remarks>
/// Safe for many threads and made to live long; connections are opened by calls and when one is full.
/// </remarks>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly CallTransport _transport;

    private GrpcChannel(Uri address, ChannelTarget target, GrpcChannelOptions options)
        : base(address.Authority)
    {
        var http = new HttpMessageInvoker(
            options.HttpHandler ?? DefaultHandler(),
            disposeHandler: options.HttpHandler is null || options.DisposeHttpClient
        );
        var backoff = new ConnectionBackoff(options.InitialReconnectBackoff, options.MaxReconnectBackoff);
        var takesTurns = options.ServiceConfig?.LoadBalancingConfigs.FirstOrDefault() is RoundRobinConfig;
        _transport = new CallTransport(
            http,
            new AddressList(target.Addresses, takesTurns, backoff, TimeProvider.System),
            target.IsSecure,
            options,
            backoff,
            new RetryRules(options.ServiceConfig),
            new RetryBudget(options.ServiceConfig?.RetryThrottling),
            _disposed.Token
        );
    }

    public static GrpcChannel ForAddress(string address) => ForAddress(new Uri(address, UriKind.RelativeOrAbsolute));

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address, UriKind.RelativeOrAbsolute), channelOptions);

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <exception cref="ArgumentException">The address is not that of an HTTP or HTTPS server.</exception>
    /// <exception cref="InvalidOperationException">The service config lacks a value.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions) =>
        new(address, ChannelTarget.Of(address, channelOptions), channelOptions);

    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(_transport);

    /// <summary>Ends every call with CANCELLED and closes the connections.</summary>
    public void Dispose()
    {
        if (!_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
            _transport.Http.Dispose();
        }
    }

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>No proxy: HTTP/2 without TLS cannot pass one. Hand in a handler of your own to use one.</summary>
    private static SocketsHttpHandler DefaultHandler() =>
        new()
        {
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
        };
}
