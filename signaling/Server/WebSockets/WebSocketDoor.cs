using System.Net.WebSockets;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Http;

namespace Spaces.Signaling.Server.WebSockets;

/// <summary>Takes a WebSocket whose origin and subprotocol are right.</summary>
internal sealed class WebSocketDoor(OriginPolicy origins, ILogger<WebSocketDoor> logger)
{
    public const string JsonProtocol = "spaces.v1.json";
    public const string ProtobufProtocol = "spaces.v1.protobuf";

    private const string TokenPrefix = "spaces.token.";

    /// <returns>The subprotocol; null when the request was refused and is answered.</returns>
    public async Task<string?> CheckAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status426UpgradeRequired,
                "This address speaks WebSocket, with the subprotocol spaces.v1.json or spaces.v1.protobuf."
            );
            return null;
        }

        if (!origins.Allows(context.Request))
        {
            SignalingLog.OriginRefused(logger);
            await Problem.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Pages of this origin may not connect. The operator lists origins in SPACES_ALLOWED_ORIGINS."
            );
            return null;
        }

        var protocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(name =>
            name is JsonProtocol or ProtobufProtocol
        );
        if (protocol is null)
        {
            await Problem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "Offer the WebSocket subprotocol spaces.v1.json or spaces.v1.protobuf."
            );
        }

        return protocol;
    }

    /// <summary>The access token, from an entry of the subprotocols or the header; null: neither has one.</summary>
    public static string? TokenOf(HttpContext context)
    {
        var entry = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(name =>
            name.StartsWith(TokenPrefix, StringComparison.Ordinal)
        );
        return entry?[TokenPrefix.Length..] ?? Bearer.Of(context.Request);
    }

    public static Task<WebSocket> OpenAsync(HttpContext context, string protocol) =>
        context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                SubProtocol = protocol,
                DangerousEnableCompression = false,
                KeepAliveInterval = Timeout.InfiniteTimeSpan, // Each side shows in messages that it lives.
            }
        );
}
