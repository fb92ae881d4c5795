using Spaces.Signaling.Server.Sessions;

namespace Spaces.Signaling.Server.WebSockets;

/// <summary><c>/v1/signal</c>: takes a WebSocket and serves its client to the end.</summary>
internal sealed class WebSocketEndpoint(ClientSessions sessions, WebSocketDoor door, ILogger<WebSocketEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await door.CheckAsync(context) is not { } protocol)
        {
            return;
        }

        using var socket = await WebSocketDoor.OpenAsync(context, protocol);
        var session = sessions.Open(WebSocketDoor.TokenOf(context));
        try
        {
            var codec = protocol == WebSocketDoor.JsonProtocol ? MessageCodec.Json : MessageCodec.Protobuf;
            await new WebSocketTransport(socket, session, codec, logger).RunAsync(context.RequestAborted);
        }
        finally
        {
            await sessions.CloseAsync(session);
        }
    }
}
