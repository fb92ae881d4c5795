using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Spaces.Load.Network;
using Spaces.V1;

namespace Spaces.Load.Sessions;

/// <summary>Opens sessions on an SFU node directly, in signaling's place: MediaControlService over gRPC.</summary>
internal sealed class ControlEntry : IMediaEntry
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;
    private readonly MediaControlService.MediaControlServiceClient _client;
    private readonly Metadata _headers;
    private readonly string _room;

    /// <param name="node">Where the node's control service listens.</param>
    /// <param name="controlKey">The cluster's secret.</param>
    /// <param name="side">Opens the connection in its network.</param>
    /// <param name="room">The room of all sessions, new to the node.</param>
    public ControlEntry(IPEndPoint node, string controlKey, NetworkThread side, string room)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(side, node, cancellationToken),
        };
        _channel = GrpcChannel.ForAddress($"http://{node}", new GrpcChannelOptions { HttpHandler = handler });
        _client = new MediaControlService.MediaControlServiceClient(_channel);
        _headers = new Metadata { { "authorization", $"Bearer {controlKey}" } };
        _room = room;
    }

    public IPAddress? Host => null;

    public async Task<string> OpenAsync(
        int participant,
        string offer,
        bool publishes,
        CancellationToken cancellationToken
    )
    {
        var request = new OpenSessionRequest
        {
            SessionId = string.Create(CultureInfo.InvariantCulture, $"{_room}-{participant}"),
            RoomId = _room,
            MediaId = (uint)participant + 1,
            SdpOffer = offer,
            Permissions = new SessionPermissions { MayPublish = publishes, MaySubscribe = !publishes },
        };
        try
        {
            var response = await _client.OpenSessionAsync(request, Options(cancellationToken));
            return response.SdpAnswer;
        }
        catch (RpcException refused)
        {
            throw new IOException($"The SFU refused a session: {refused.Status}.", refused);
        }
    }

    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = await _client.CloseRoomAsync(new CloseRoomRequest { RoomId = _room }, Options(cancellationToken));
        }
        catch (RpcException refused)
        {
            throw new IOException($"The SFU did not close the room: {refused.Status}.", refused);
        }
    }

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask<Stream> ConnectAsync(
        NetworkThread side,
        IPEndPoint node,
        CancellationToken cancellationToken
    )
    {
        var socket = side.Run(() =>
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
        );
        try
        {
            await socket.ConnectAsync(node, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(_headers, DateTime.UtcNow + CallTimeout, cancellationToken);
}
