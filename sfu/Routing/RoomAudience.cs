using System.Runtime.InteropServices;
using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>A room's listeners on one worker.</summary>
/// <remarks>Hot path is <see cref="Deliver"/>: no allocation, no lock. Not thread-safe: the worker owns it.</remarks>
public sealed class RoomAudience : IAudience
{
    /// <summary>The most slots a listener may have, so also the most numbers of slots in one room.</summary>
    public const int SlotCountMax = 8;

    private readonly Dictionary<uint, Listener> _byMediaId = [];
    private readonly Group[] _groups = [.. Enumerable.Range(0, SlotCountMax + 1).Select(_ => new Group())];

    public bool IsEmpty => _byMediaId.Count == 0;

    /// <summary>Control path: from now on the listener hears the room.</summary>
    public void Add(Listener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        if (_byMediaId.TryAdd(listener.MediaId, listener))
        {
            var group = _groups[listener.SlotCount];
            group.Listeners.Add(listener);
            if (listener.NeedsHistory)
            {
                group.History ??= new SlotHistory(listener.SlotCount);
                listener.Attach(group.History);
            }
        }
    }

    /// <summary>Control path: the listener left, or lost its right to listen.</summary>
    public void Remove(Listener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        if (_byMediaId.Remove(listener.MediaId))
        {
            // In no order: the last takes the place, so that nobody else moves.
            var listeners = _groups[listener.SlotCount].Listeners;
            listeners[listeners.IndexOf(listener)] = listeners[^1];
            listeners.RemoveAt(listeners.Count - 1);
            listener.Attach(history: null);
            listener.Pause();
        }
    }

    /// <summary>Control path: what a participant said before is sent to nobody again.</summary>
    public void Forget(uint mediaId)
    {
        foreach (var group in _groups)
        {
            group.History?.Forget(mediaId);
        }
    }

    public void Deliver(in SlotPacket packet, Instant now)
    {
        if ((uint)packet.SlotCount > SlotCountMax)
        {
            return;
        }

        var group = _groups[packet.SlotCount];
        group.History?.Add(packet, now);
        if (packet.IsSpare)
        {
            DeliverSpare(packet, now);
            return;
        }

        foreach (var listener in CollectionsMarshal.AsSpan(group.Listeners))
        {
            if (listener.MediaId != packet.MediaId && !packet.Holders.Contains(listener.MediaId))
            {
                listener.Send(packet.Position, packet, now);
            }
        }
    }

    /// <summary>
    /// Nobody hears themselves: whoever holds a slot gets the spare in it, so that they too hear N others.
    /// </summary>
    private void DeliverSpare(in SlotPacket packet, Instant now)
    {
        for (var slot = 0; slot < packet.Holders.Length; slot++)
        {
            if (
                _byMediaId.TryGetValue(packet.Holders[slot], out var listener)
                && listener.SlotCount == packet.SlotCount
                && listener.MediaId != packet.MediaId
            )
            {
                listener.Send(slot, packet, now);
            }
        }
    }

    /// <summary>Those with the same number of slots.</summary>
    private sealed class Group
    {
        public List<Listener> Listeners { get; } = [];

        /// <summary>Null while nobody could use it.</summary>
        public SlotHistory? History { get; set; }
    }
}
