using Grpc.Core;
using Grpc.Net.Client;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>A client over gRPC.</summary>
internal sealed class GrpcTestClient : TestClient
{
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ClientMessage, ServerMessage> _conversation;
    private readonly Task _reading;

    public GrpcTestClient(SignalingHost host)
    {
        _channel = GrpcChannel.ForAddress(host.Grpc);
        _conversation = new SignalingService.SignalingServiceClient(_channel).Connect();
        _reading = ReadAsync();
    }

    /// <summary>
    /// A server that answers at once and ends the call may do so before the write is known to be done: the answer is
    /// there to be read all the same.
    /// </summary>
    public override async Task SendAsync(ClientMessage message)
    {
        try
        {
            await _conversation.RequestStream.WriteAsync(message);
        }
        catch (RpcException ended) when (ended.StatusCode == StatusCode.OK) { }
    }

    public override async ValueTask DisposeAsync()
    {
        _conversation.Dispose();
        await _reading;
        _channel.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var message in _conversation.ResponseStream.ReadAllAsync())
            {
                Arrived(message);
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException)
        {
            // The connection was cut.
        }
        finally
        {
            Closed();
        }
    }
}
