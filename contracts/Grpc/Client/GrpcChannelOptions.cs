using Grpc.Core;
using Grpc.Net.Client.Configuration;
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

    /// <summary>Who calls; and whether TLS is used, where the address does not say it.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Whether call credentials are sent without TLS too. Without it they are left out there.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    /// <summary>What is retried, and which of several addresses is called.</summary>
    public ServiceConfig? ServiceConfig { get; set; }

    /// <summary>No policy makes more attempts than so many; null for no limit.</summary>
    public int? MaxRetryAttempts { get; set; } = 5;

    /// <summary>Where the resolvers of addresses such as <c>static:///name</c> are found.</summary>
    public IServiceProvider? ServiceProvider { get; set; }

    /// <summary>How long an address that could not be reached is passed over at first.</summary>
    public TimeSpan InitialReconnectBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long at most; null for no limit.</summary>
    public TimeSpan? MaxReconnectBackoff { get; set; } = TimeSpan.FromMinutes(2);
}
