using System.Net.WebSockets;
using System.Text;
using Google.Protobuf;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>A client over WebSocket, with either subprotocol.</summary>
internal sealed class WebSocketTestClient : TestClient
{
    private readonly ClientWebSocket _socket;
    private readonly bool _isJson;
    private readonly Task _reading;

    private WebSocketTestClient(ClientWebSocket socket, bool isJson)
    {
        _socket = socket;
        _isJson = isJson;
        _reading = ReadAsync();
    }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static Task<WebSocketTestClient> ConnectAsync(
        SignalingHost host,
        bool isJson,
        string? origin = null,
        string? token = null
    ) => ConnectAsync(host.Http, isJson, origin, token);

    /// <summary>To a server in another process.</summary>
    public static async Task<WebSocketTestClient> ConnectAsync(
        Uri server,
        bool isJson,
        string? origin = null,
        string? token = null
    )
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(isJson ? "spaces.v1.json" : "spaces.v1.protobuf");
        if (token is not null)
        {
            socket.Options.AddSubProtocol($"spaces.token.{token}");
        }

        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        await socket.ConnectAsync(new Uri($"ws://{server.Authority}/v1/signal"), CancellationToken.None);
        return new WebSocketTestClient(socket, isJson);
    }

    public override Task SendAsync(ClientMessage message) =>
        _isJson
            ? SendTextAsync(JsonFormatter.Default.Format(message))
            : SendBytesAsync(message.ToByteArray(), WebSocketMessageType.Binary);

    public Task SendTextAsync(string text) => SendBytesAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendBytesAsync(byte[] bytes, WebSocketMessageType type) =>
        _socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);

    /// <summary>Cuts the connection, as a network does.</summary>
    public void Cut() => _socket.Abort();

    /// <summary>Waits until the server has closed.</summary>
    public Task ClosedAsync() => _reading.WaitAsync(Eventually.Patience);

    public override async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1024 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += received.Count;
                } while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                Arrived(
                    _isJson
                        ? JsonParser.Default.Parse<ServerMessage>(Encoding.UTF8.GetString(buffer, 0, length))
                        : ServerMessage.Parser.ParseFrom(buffer, 0, length)
                );
            }
        }
        catch (Exception error)
            when (error is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection was cut.
        }
        finally
        {
            Closed();
        }
    }
}
