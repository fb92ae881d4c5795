using System.Collections.Concurrent;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>Tells other nodes what they need to know at once, and asks them.</summary>
internal sealed class NodeMessenger(INodeChannel channel, ClusterNode self, ClusterTimings timings, TimeProvider time)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<bool>> _calls = new();
    private IDisposable? _subscription;

    /// <summary>Called for every message but answers.</summary>
    public void Listen(Action<NodeMessage> received) =>
        _subscription = channel.Subscribe(
            ChannelOf(self.Name),
            bytes =>
            {
                if (!NodeMessage.TryRead(bytes.Span, out var message))
                {
                    return;
                }

                if (message.Kind != NodeMessageKind.Settled)
                {
                    received(message);
                }
                else if (_calls.TryGetValue(message.Call, out var call))
                {
                    call.TrySetResult(message.InForce);
                }
            }
        );

    public void TellMoved(NodeName node, RoomId room, ParticipantId participant) =>
        Tell(node, new NodeMessage(NodeMessageKind.Moved, room.Value, participant.Value, self.Name.Value));

    /// <returns>False when it did not say in time that it is in force.</returns>
    public async Task<bool> AskToSettleAsync(
        NodeName node,
        RoomId room,
        ParticipantId participant,
        CancellationToken cancellationToken
    )
    {
        var id = RandomIds.Next();
        var call = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = call;
        try
        {
            Tell(node, new NodeMessage(NodeMessageKind.Settle, room.Value, participant.Value, self.Name.Value, id));
            return await call.Task.WaitAsync(timings.AnswerMax, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            _calls.TryRemove(id, out _);
        }
    }

    public void Answer(NodeMessage question, bool inForce) =>
        Tell(
            new NodeName(question.Sender),
            question with
            {
                Kind = NodeMessageKind.Settled,
                Sender = self.Name.Value,
                InForce = inForce,
            }
        );

    /// <summary>How many listen has changed.</summary>
    public void TellTally(RoomId room) =>
        channel.Publish($"tally:{room.Value}", System.Text.Encoding.UTF8.GetBytes(self.Name.Value));

    /// <summary>Calls when another node says that its count of a room has changed.</summary>
    public IDisposable WatchTally(RoomId room, Action changed)
    {
        var own = System.Text.Encoding.UTF8.GetBytes(self.Name.Value);
        return channel.Subscribe(
            $"tally:{room.Value}",
            bytes =>
            {
                if (!bytes.Span.SequenceEqual(own))
                {
                    changed();
                }
            }
        );
    }

    public void Dispose() => _subscription?.Dispose();

    private static string ChannelOf(NodeName node) => $"node:{node.Value}";

    private void Tell(NodeName node, NodeMessage message) => channel.Publish(ChannelOf(node), message.ToBytes());
}
