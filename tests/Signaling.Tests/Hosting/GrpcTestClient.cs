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

    public override Task SendAsync(ClientMessage message) => _conversation.RequestStream.WriteAsync(message);

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
