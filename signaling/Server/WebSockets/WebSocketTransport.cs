using System.Buffers;
using System.Net.WebSockets;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;

namespace Spaces.Signaling.Server.WebSockets;

/// <summary>Carries one client session over one WebSocket (RFC 6455).</summary>
/// <remarks>
/// While a client is silent no buffer is held for it: a receive of nothing waits for its next message. In a message the
/// buffer grows with what has come, so that a client that begins one and stops costs little.
/// </remarks>
internal sealed class WebSocketTransport(WebSocket socket, ClientSession session, MessageCodec codec, ILogger logger)
{
    public const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private const int FirstBufferLength = 4 * 1024;

    private WebSocketCloseStatus? _closeStatus;

    /// <summary>Ends when the connection has.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(cut.Token);
        var writing = WriteAsync(cut.Token);
        await Task.WhenAny(reading, session.Ended);
        if (reading.IsCompleted)
        {
            session.Outbox.Complete(null);
        }

        // Goodbye is on its way, or the client is gone: a moment for both sides to close, then it is cut.
        await Task.WhenAny(Task.WhenAll(reading, writing), Task.Delay(ClientSession.GoodbyeTime, cancellationToken));
        await cut.CancelAsync();
        if (socket.State is not (WebSocketState.Closed or WebSocketState.Aborted))
        {
            socket.Abort();
        }

        await Task.WhenAll(reading, writing);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadMessageAsync(cancellationToken)) { }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            SignalingLog.SocketBroke(logger, error.Message);
        }
    }

    /// <returns>False when the client has closed.</returns>
    private async Task<bool> ReadMessageAsync(CancellationToken cancellationToken)
    {
        var waiting = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        if (waiting.MessageType == WebSocketMessageType.Close)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferLength);
        try
        {
            var length = 0;
            var ended = waiting.EndOfMessage;
            while (!ended)
            {
                if (length == buffer.Length)
                {
                    buffer = Grown(buffer);
                }

                var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return false;
                }

                length += received.Count;
                ended = received.EndOfMessage;
                if (length > MessageCodec.MessageLengthMax)
                {
                    Break(
                        WebSocketCloseStatus.MessageTooBig,
                        $"A message is longer than {MessageCodec.MessageLengthMax} bytes."
                    );
                    length = 0; // What is left of it is read and dropped.
                }
            }

            await HandleAsync(buffer.AsMemory(0, length), waiting.MessageType, cancellationToken);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A buffer four times as long with the same content; takes the old one back.</summary>
    private static byte[] Grown(byte[] full)
    {
        var grown = ArrayPool<byte>.Shared.Rent(Math.Min(full.Length * 4, MessageCodec.MessageLengthMax + 1));
        full.CopyTo(grown, 0);
        ArrayPool<byte>.Shared.Return(full);
        return grown;
    }

    private async Task HandleAsync(
        ReadOnlyMemory<byte> bytes,
        WebSocketMessageType type,
        CancellationToken cancellationToken
    )
    {
        if (session.IsEnded)
        {
            return;
        }

        if (type == WebSocketMessageType.Text != codec.IsText)
        {
            Break(
                WebSocketCloseStatus.InvalidMessageType,
                codec.IsText ? "Messages of spaces.v1.json are text." : "Messages of spaces.v1.protobuf are binary."
            );
            return;
        }

        if (codec.TryDecode(bytes.Span, out var message, out var requestId, out var problem))
        {
            await session.HandleAsync(message, cancellationToken);
        }
        else
        {
            session.HandleMalformed(requestId, problem);
        }
    }

    private void Break(WebSocketCloseStatus status, string message)
    {
        _closeStatus ??= status;
        session.End(GoodbyeReason.ProtocolError, GoodbyeAction.Stop, message);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var type = codec.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
            await foreach (var message in session.Outbox.ReadAllAsync(cancellationToken))
            {
                await socket.SendAsync(codec.Encode(message), type, endOfMessage: true, cancellationToken);
            }

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(CloseStatus(), null, cancellationToken);
            }
        }
        catch (Exception error)
            when (error is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            SignalingLog.SocketBroke(logger, error.Message);
        }
    }

    private WebSocketCloseStatus CloseStatus() => _closeStatus ?? CloseStatusOf(session.EndReason);

    private static WebSocketCloseStatus CloseStatusOf(GoodbyeReason reason) =>
        reason switch
        {
            GoodbyeReason.ShuttingDown => WebSocketCloseStatus.EndpointUnavailable,
            GoodbyeReason.TooSlow => TryAgainLater,
            GoodbyeReason.ProtocolError
            or GoodbyeReason.Refused
            or GoodbyeReason.Timeout
            or GoodbyeReason.Banned
            or GoodbyeReason.Suspended => WebSocketCloseStatus.PolicyViolation,
            GoodbyeReason.Unspecified
            or GoodbyeReason.Left
            or GoodbyeReason.Replaced
            or GoodbyeReason.RoomEnded
            or GoodbyeReason.Removed
            or _ => WebSocketCloseStatus.NormalClosure,
        };
}
