using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Http;
using Spaces.Signaling.Server.Sessions;

namespace Spaces.Signaling.Server.WebSockets;

/// <summary>
/// <c>/v1/signal</c>: takes a WebSocket whose origin and subprotocol are right, and serves it to its end.
/// </summary>
internal sealed class WebSocketEndpoint(
    ClientSessions sessions,
    OriginPolicy origins,
    ILogger<WebSocketEndpoint> logger
)
{
    private const string JsonProtocol = "spaces.v1.json";
    private const string ProtobufProtocol = "spaces.v1.protobuf";
    private const string TokenPrefix = "spaces.token.";

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status426UpgradeRequired,
                "This address speaks WebSocket, with the subprotocol spaces.v1.json or spaces.v1.protobuf."
            );
            return;
        }

        if (!origins.Allows(context.Request))
        {
            SignalingLog.OriginRefused(logger);
            await Problem.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Pages of this origin may not connect. The operator lists origins in SPACES_ALLOWED_ORIGINS."
            );
            return;
        }

        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var protocol = offered.FirstOrDefault(name => name is JsonProtocol or ProtobufProtocol);
        if (protocol is null)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "Offer the WebSocket subprotocol spaces.v1.json or spaces.v1.protobuf."
            );
            return;
        }

        var token = offered.FirstOrDefault(name => name.StartsWith(TokenPrefix, StringComparison.Ordinal));
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                SubProtocol = protocol,
                DangerousEnableCompression = false,
                KeepAliveInterval = Timeout.InfiniteTimeSpan, // Clients ping in messages.
            }
        );
        var session = sessions.Open(token?[TokenPrefix.Length..] ?? Bearer.Of(context.Request));
        try
        {
            var codec = protocol == JsonProtocol ? MessageCodec.Json : MessageCodec.Protobuf;
            await new WebSocketTransport(socket, session, codec, logger).RunAsync(context.RequestAborted);
        }
        finally
        {
            await sessions.CloseAsync(session);
        }
    }
}
