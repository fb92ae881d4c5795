using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Connections to one server, over HTTP/2: without TLS by prior knowledge, with TLS by ALPN.</summary>
/// <remarks>
/// Safe for many threads and made to live long; connections are opened by calls and when one is full.
/// </remarks>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly Uri _address;
    private readonly GrpcChannelOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _disposed = new();

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        _address = address;
        _options = options;
        _http = new HttpMessageInvoker(
            options.HttpHandler ?? DefaultHandler(),
            disposeHandler: options.HttpHandler is null || options.DisposeHttpClient
        );
    }

    public static GrpcChannel ForAddress(string address) => ForAddress(new Uri(address, UriKind.RelativeOrAbsolute));

    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address, UriKind.RelativeOrAbsolute), channelOptions);

    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <exception cref="ArgumentException">The address is not that of an HTTP or HTTPS server.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException(
                $"'{address}' is no address of a gRPC server. Write http://host:port or https://host:port.",
                nameof(address)
            );
        }
        return new GrpcChannel(address, channelOptions);
    }

    public override CallInvoker CreateCallInvoker() =>
        new HttpCallInvoker(new CallTransport(_http, _address, _options, _disposed.Token));

    /// <summary>Ends every call with CANCELLED and closes the connections.</summary>
    public void Dispose()
    {
        if (!_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
            _http.Dispose();
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
