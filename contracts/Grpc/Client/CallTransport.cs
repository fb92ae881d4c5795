using Grpc.Net.Client.Balancer;

namespace Grpc.Net.Client;

/// <summary>What the calls of a channel share.</summary>
/// <param name="Http">Sends requests.</param>
/// <param name="Addresses">Of the servers; a path in one goes before that of the method.</param>
/// <param name="IsSecure">Whether calls go over TLS.</param>
/// <param name="Options">The channel's limits and habits.</param>
/// <param name="ConnectionBackoff">The waits of calls that wait for a server.</param>
/// <param name="Rules">What is retried.</param>
/// <param name="Retries">Whether retries are in order at all.</param>
/// <param name="Disposed">Cancelled when the channel is disposed.</param>
internal sealed record CallTransport(
    HttpMessageInvoker Http,
    AddressList Addresses,
    bool IsSecure,
    GrpcChannelOptions Options,
    ConnectionBackoff ConnectionBackoff,
    RetryRules Rules,
    RetryBudget Retries,
    CancellationToken Disposed
);
