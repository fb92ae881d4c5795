using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>
/// A client without a socket: everything behind it is the server's own. For tests with more clients than sockets.
/// </summary>
internal sealed class DirectClient : IAsyncDisposable
{
    private readonly ClientSessions _sessions;
    private readonly ClientSession _session;
    private readonly Task _reading;
    private readonly Action<OutboundMessage>? _arrived;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<ServerMessage>> _asked = new();
    private ulong _lastRequest;

    private DirectClient(SignalingHost host, Action<OutboundMessage>? arrived)
    {
        _sessions = host.Services.GetRequiredService<ClientSessions>();
        _session = _sessions.Open(token: null);
        _arrived = arrived;
        _reading = ReadAsync();
    }

    public Participant Self { get; private set; } = new();

    public bool IsEnded => _session.IsEnded;

    /// <param name="host">Where.</param>
    /// <param name="room">Which room.</param>
    /// <param name="identity">Who.</param>
    /// <param name="arrived">Called for every message, one after the other.</param>
    public static async Task<DirectClient> JoinAsync(
        SignalingHost host,
        string room,
        string identity,
        Action<OutboundMessage>? arrived = null
    )
    {
        var client = new DirectClient(host, arrived);
        var reply = await client.AskAsync(
            new ClientMessage
            {
                Join = new Join { RoomId = room, Token = SignalingHost.Token(identity) },
            }
        );
        Assert.That(reply.Joined, Is.Not.Null, reply.ToString());
        client.Self = reply.Joined.Self;
        return client;
    }

    public async Task<ServerMessage> AskAsync(ClientMessage message)
    {
        message.RequestId = ++_lastRequest;
        var answer = new TaskCompletionSource<ServerMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[message.RequestId] = answer;
        await _session.HandleAsync(message, CancellationToken.None);
        return await answer.Task.WaitAsync(Eventually.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.CloseAsync(_session);
        await _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var message in _session.Outbox.ReadAllAsync(CancellationToken.None))
        {
            _arrived?.Invoke(message);
            if (_asked.TryRemove(message.Message.ReplyTo, out var answer))
            {
                answer.SetResult(message.Message);
            }
        }
    }
}
