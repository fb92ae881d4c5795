using System.Net.WebSockets;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Http;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.WebSockets;

/// <summary>
/// <c>/v1/notifications</c>: what NotificationService.Watch tells, one message per frame. Clients only listen.
/// </summary>
internal sealed class NotificationEndpoint(
    AccountNotifications notifications,
    AccessTokens tokens,
    WebSocketDoor door,
    ILogger<NotificationEndpoint> logger
)
{
    /// <summary>A client has nothing to say here; what it sends is read so that its close is seen.</summary>
    private const int ReceiveLength = 256;

    public async Task HandleAsync(HttpContext context)
    {
        if (await door.CheckAsync(context) is not { } protocol)
        {
            return;
        }

        if (!tokens.TryVerify(WebSocketDoor.TokenOf(context) ?? "", out var token, out var problem))
        {
            await Problem.WriteAsync(context, Refusal.Unauthenticated(problem));
            return;
        }

        if (!token.Grants.Join)
        {
            await Problem.WriteAsync(
                context,
                new Refusal(Grpc.Core.StatusCode.PermissionDenied, "The access token lacks the grant join.")
            );
            return;
        }

        using var socket = await WebSocketDoor.OpenAsync(context, protocol);
        using var watch = notifications.Open(token.Identity);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var writing = WriteAsync(socket, watch, protocol == WebSocketDoor.JsonProtocol, cut.Token);
        await ReadAsync(socket, cut.Token);
        watch.End();
        await Task.WhenAny(writing, Task.Delay(Sessions.ClientSession.GoodbyeTime, context.RequestAborted));
        await cut.CancelAsync();
        await writing;
    }

    /// <summary>Until the client closes or breaks off.</summary>
    private async Task ReadAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[ReceiveLength];
        try
        {
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            } while (received.MessageType != WebSocketMessageType.Close);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            SignalingLog.SocketBroke(logger, error.Message);
        }
    }

    private async Task WriteAsync(
        WebSocket socket,
        NotificationWatch watch,
        bool isJson,
        CancellationToken cancellationToken
    )
    {
        var type = isJson ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        try
        {
            await foreach (var message in watch.ReadAllAsync(cancellationToken))
            {
                var bytes = isJson ? message.Json : message.Protobuf;
                await socket.SendAsync(bytes, type, endOfMessage: true, cancellationToken);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                var status = watch.IsTooSlow
                    ? WebSocketTransport.TryAgainLater
                    : WebSocketCloseStatus.EndpointUnavailable;
                await socket.CloseOutputAsync(status, null, cancellationToken);
            }
        }
        catch (Exception error)
            when (error is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            SignalingLog.SocketBroke(logger, error.Message);
        }
    }
}
