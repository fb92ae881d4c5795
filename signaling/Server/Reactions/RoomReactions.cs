using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Sessions;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Reactions;

/// <summary>
/// Shows everybody in a room, on every node, what people show: added up and told at most four times a second, so that a
/// thousand who clap cost a listener no more than one.
/// </summary>
/// <remarks>Nothing is kept: who comes back later does not see what was shown meanwhile.</remarks>
internal sealed class RoomReactions : IDisposable
{
    /// <summary>How often one account may react: at once, and then each second.</summary>
    public const int Burst = 10;

    public const int PerSecond = 5;

    private const string Channel = "reactions";

    private readonly ConcurrentDictionary<RoomId, Boards> _boards = new();
    private readonly RoomDirectory _rooms;
    private readonly INodeChannel _channel;
    private readonly RateLimiter _limiter;
    private readonly string _self = RandomIds.Next();
    private readonly IDisposable _subscription;

    public RoomReactions(RoomDirectory rooms, INodeChannel channel, TimeProvider time)
    {
        _rooms = rooms;
        _channel = channel;
        _limiter = new RateLimiter(new RateLimit(Burst, TimeSpan.FromSeconds(1.0 / PerSecond)), time);
        _subscription = channel.Subscribe(Channel, Received);
    }

    /// <returns>Null when it will be shown.</returns>
    public Refusal? Show(LiveRoom room, Participant participant, Reaction reaction)
    {
        if (reaction == Reaction.Unspecified || !Enum.IsDefined(reaction))
        {
            return new Refusal(StatusCode.InvalidArgument, "reaction is none that this server knows.");
        }

        if (!room.Current.Policy.ReactionsOpen)
        {
            return new Refusal(StatusCode.FailedPrecondition, "Reactions are switched off in this room.");
        }

        if (!_limiter.TryTake(participant.Identity.Value, out var retryAfter))
        {
            return new Refusal(
                StatusCode.ResourceExhausted,
                $"That is a lot of reactions: {Burst} at once, then {PerSecond} a second. Wait a moment.",
                retryAfter
            );
        }

        _boards
            .GetOrAdd(room.Id, _ => new Boards())
            .Ours.Add(reaction, participant.Id.Value, participant.Participation.Name);
        return null;
    }

    /// <summary>Tells every room what it has shown. Called at most four times a second.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, boards) in _boards)
        {
            var ours = boards.Ours.Take();
            if (ours is not null)
            {
                Publish(id, ours);
                boards.All.Add(ours);
            }

            if (boards.All.Take() is { } all && _rooms.Peek(id) is { } room)
            {
                await room.TellAsync(new OutboundMessage(new ServerMessage { Reactions = all }), cancellationToken);
            }
        }
    }

    /// <summary>Forgets rooms that are over.</summary>
    public void Sweep()
    {
        foreach (var id in _boards.Keys.Where(id => _rooms.Peek(id) is null))
        {
            _boards.TryRemove(id, out _);
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void Publish(RoomId room, Spaces.V1.Reactions shown)
    {
        using var buffer = new MemoryStream();
        var stream = new CodedOutputStream(buffer);
        stream.WriteString(_self);
        stream.WriteString(room.Value);
        shown.WriteTo(stream);
        stream.Flush();
        _channel.Publish(Channel, buffer.ToArray());
    }

    private void Received(ReadOnlyMemory<byte> message)
    {
        try
        {
            var stream = new CodedInputStream(message.ToArray());
            var sender = stream.ReadString();
            var room = new RoomId(stream.ReadString());
            if (sender == _self || _rooms.Peek(room) is null)
            {
                return;
            }

            var shown = new Spaces.V1.Reactions();
            shown.MergeFrom(stream);
            _boards.GetOrAdd(room, _ => new Boards()).All.Add(shown);
        }
        catch (InvalidProtocolBufferException)
        {
            // Of another release, which may say it in another way.
        }
    }

    /// <summary>What was shown on this node, and what is to be told here.</summary>
    private sealed class Boards
    {
        public ReactionBoard Ours { get; } = new();

        public ReactionBoard All { get; } = new();
    }
}
