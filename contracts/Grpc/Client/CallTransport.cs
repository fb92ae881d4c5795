namespace Grpc.Net.Client;

/// <summary>What the calls of a channel share.</summary>
/// <param name="Http">Sends requests.</param>
/// <param name="Address">Of the server; a path in it goes before that of the method.</param>
/// <param name="Options">The channel's limits.</param>
/// <param name="Disposed">Cancelled when the channel is disposed.</param>
internal sealed record CallTransport(
    HttpMessageInvoker Http,
    Uri Address,
    GrpcChannelOptions Options,
    CancellationToken Disposed
);
