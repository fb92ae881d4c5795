using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>The limits and habits of a channel.</summary>
public sealed class GrpcChannelOptions
{
    private const int MessageLengthMaxDefault = 4 * 1024 * 1024;

    /// <summary>What carries the calls, for example a <see cref="SocketsHttpHandler"/> with keep-alive pings.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes <see cref="HttpHandler"/>.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>In bytes, after decompression; null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = MessageLengthMaxDefault;

    /// <summary>In bytes, before compression; null for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>
    /// Whether a cancelled call throws <see cref="OperationCanceledException"/> and not an RpcException.
    /// </summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    public ILoggerFactory? LoggerFactory { get; set; }
}
