using System.Threading.Channels;
using Spaces.V1;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>How a client talks in a test.</summary>
public enum Wire
{
    Json,
    Protobuf,
    Grpc,
}

/// <summary>
/// One client of the protocol, over any of its transports. What arrives is kept until it is asked for.
/// </summary>
internal abstract class TestClient : IAsyncDisposable
{
    private readonly Channel<ServerMessage> _arrived = Channel.CreateUnbounded<ServerMessage>();
    private readonly List<ServerMessage> _unread = [];
    private ulong _lastRequest;

    public string RoomId { get; private set; } = "";

    /// <summary>As of joining or resuming.</summary>
    public Participant Self { get; private set; } = new();

    public string ResumeToken { get; private set; } = "";

    public ulong LastEvent { get; private set; }

    public static async Task<TestClient> ConnectAsync(SignalingHost host, Wire wire) =>
        wire switch
        {
            Wire.Json => await WebSocketTestClient.ConnectAsync(host, isJson: true),
            Wire.Protobuf => await WebSocketTestClient.ConnectAsync(host, isJson: false),
            Wire.Grpc => new GrpcTestClient(host),
            _ => throw new ArgumentOutOfRangeException(nameof(wire)),
        };

    public abstract Task SendAsync(ClientMessage message);

    public abstract ValueTask DisposeAsync();

    /// <summary>Joins with an offer, unless <paramref name="offer"/> is empty.</summary>
    public async Task<Joined> JoinAsync(string room, string token, string offer = "an offer", bool muted = false)
    {
        var join = new Join
        {
            RoomId = room,
            Token = token,
            SdpOffer = offer,
            Muted = muted,
        };
        var reply = await AskAsync(new ClientMessage { Join = join });
        Assert.That(reply.Joined, Is.Not.Null, reply.ToString());
        (RoomId, Self, ResumeToken) = (room, reply.Joined.Self, reply.Joined.ResumeToken);
        LastEvent = reply.Joined.Room.Room.Version;
        return reply.Joined;
    }

    public async Task<Resumed> ResumeAsync(string resumeToken, ulong lastEvent)
    {
        var resume = new Resume { ResumeToken = resumeToken, LastEvent = lastEvent };
        var reply = await AskAsync(new ClientMessage { Resume = resume });
        Assert.That(reply.Resumed, Is.Not.Null, reply.ToString());
        (Self, ResumeToken, LastEvent) = (reply.Resumed.Self, reply.Resumed.ResumeToken, lastEvent);
        return reply.Resumed;
    }

    /// <summary>Sends a request and gives its answer.</summary>
    public async Task<ServerMessage> AskAsync(ClientMessage message)
    {
        message.RequestId = ++_lastRequest;
        await SendAsync(message);
        return await NextAsync(reply => reply.ReplyTo == message.RequestId);
    }

    public async Task DoneAsync(ClientMessage message)
    {
        var reply = await AskAsync(message);
        Assert.That(reply.Done, Is.Not.Null, reply.ToString());
    }

    public async Task<Refused> RefusedAsync(ClientMessage message)
    {
        var reply = await AskAsync(message);
        Assert.That(reply.Refused, Is.Not.Null, reply.ToString());
        Assert.That(reply.Refused.Message, Does.EndWith("."));
        return reply.Refused;
    }

    public async Task<Goodbye> GoodbyeAsync() => (await NextAsync(message => message.Goodbye is not null)).Goodbye;

    public async Task<RoomEvent> EventAsync(Func<RoomEvent, bool> wanted)
    {
        var message = await NextAsync(next => next.Event is { } roomEvent && wanted(roomEvent));
        LastEvent = message.Event.Number;
        return message.Event;
    }

    public Task<RoomEvent> ParticipantChangedAsync(string id, Func<Participant, bool> wanted) =>
        EventAsync(next => next.ParticipantChanged is { } participant && participant.Id == id && wanted(participant));

    /// <summary>The first message, unread so far, that is wanted.</summary>
    public async Task<ServerMessage> NextAsync(Func<ServerMessage, bool> wanted)
    {
        var index = _unread.FindIndex(message => wanted(message));
        if (index >= 0)
        {
            var found = _unread[index];
            _unread.RemoveAt(index);
            return found;
        }

        using var patience = new CancellationTokenSource(Eventually.Patience);
        try
        {
            while (true)
            {
                var message = await _arrived.Reader.ReadAsync(patience.Token);
                if (wanted(message))
                {
                    return message;
                }

                _unread.Add(message);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            Assert.Fail($"{error.GetType().Name}; unread: {string.Join('\n', _unread)}");
            throw;
        }
    }

    /// <summary>Everything that arrived and nobody asked for.</summary>
    public IReadOnlyList<ServerMessage> Unread()
    {
        while (_arrived.Reader.TryRead(out var message))
        {
            _unread.Add(message);
        }

        return _unread;
    }

    protected void Arrived(ServerMessage message) => _arrived.Writer.TryWrite(message);

    protected void Closed() => _arrived.Writer.TryComplete();
}
