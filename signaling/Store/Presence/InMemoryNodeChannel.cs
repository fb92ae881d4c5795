using System.Collections.Immutable;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Store.Presence;

/// <summary>Nodes that live in one process: the embedded default, where there is but one.</summary>
public sealed class InMemoryNodeChannel : INodeChannel
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, ImmutableArray<Subscription>> _subscriptions = ImmutableDictionary<
        string,
        ImmutableArray<Subscription>
    >.Empty;

    public void Publish(string channel, ReadOnlyMemory<byte> message)
    {
        if (_subscriptions.TryGetValue(channel, out var subscriptions))
        {
            foreach (var subscription in subscriptions)
            {
                subscription.Tell(message);
            }
        }
    }

    public IDisposable Subscribe(string channel, Action<ReadOnlyMemory<byte>> received)
    {
        var subscription = new Subscription(this, channel, received);
        lock (_gate)
        {
            var before = _subscriptions.GetValueOrDefault(channel, []);
            _subscriptions = _subscriptions.SetItem(channel, before.Add(subscription));
        }

        return subscription;
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            var left = _subscriptions.GetValueOrDefault(subscription.Channel, []).Remove(subscription);
            _subscriptions = left.IsEmpty
                ? _subscriptions.Remove(subscription.Channel)
                : _subscriptions.SetItem(subscription.Channel, left);
        }
    }

    /// <summary>Its messages wait in order; one thread of the pool tells them, never the publisher's.</summary>
    private sealed class Subscription(InMemoryNodeChannel owner, string channel, Action<ReadOnlyMemory<byte>> received)
        : IDisposable
    {
        private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
        private bool _isTelling;

        public string Channel => channel;

        public void Tell(ReadOnlyMemory<byte> message)
        {
            lock (_waiting)
            {
                _waiting.Enqueue(message);
                if (_isTelling)
                {
                    return;
                }

                _isTelling = true;
            }

            ThreadPool.QueueUserWorkItem(_ => TellAll());
        }

        public void Dispose() => owner.Remove(this);

        private void TellAll()
        {
            while (true)
            {
                ReadOnlyMemory<byte> message;
                lock (_waiting)
                {
                    if (!_waiting.TryDequeue(out message))
                    {
                        _isTelling = false;
                        return;
                    }
                }

                received(message);
            }
        }
    }
}
