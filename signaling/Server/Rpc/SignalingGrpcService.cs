using Grpc.Core;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;

namespace Spaces.Signaling.Server.Rpc;

/// <summary>Carries one client session over one bidirectional gRPC call.</summary>
internal sealed class SignalingGrpcService(ClientSessions sessions) : SignalingService.SignalingServiceBase
{
    public override async Task Connect(
        IAsyncStreamReader<ClientMessage> requestStream,
        IServerStreamWriter<ServerMessage> responseStream,
        ServerCallContext context
    )
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var session = sessions.Open(Bearer.Of(context.RequestHeaders.GetValue("authorization")));
        try
        {
            var reading = ReadAsync(session, requestStream, cut.Token);
            var writing = WriteAsync(session, responseStream, cut.Token);
            await Task.WhenAny(reading, session.Ended);
            if (reading.IsCompleted)
            {
                session.Outbox.Complete(null);
            }

            await Task.WhenAny(writing, Task.Delay(ClientSession.GoodbyeTime, context.CancellationToken));
            await cut.CancelAsync();
            await Task.WhenAll(reading, writing);
        }
        finally
        {
            await sessions.CloseAsync(session);
        }
    }

    private static async Task ReadAsync(
        ClientSession session,
        IAsyncStreamReader<ClientMessage> requests,
        CancellationToken cancellationToken
    )
    {
        try
        {
            while (await requests.MoveNext(cancellationToken))
            {
                await session.HandleAsync(requests.Current, cancellationToken);
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException or IOException)
        {
            // The client went away; the session learns it when the call ends.
        }
    }

    private static async Task WriteAsync(
        ClientSession session,
        IServerStreamWriter<ServerMessage> responses,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var message in session.Outbox.ReadAllAsync(cancellationToken))
            {
                await responses.WriteAsync(message.Message, cancellationToken);
            }
        }
        catch (Exception error)
            when (error is RpcException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // As above.
        }
    }
}
