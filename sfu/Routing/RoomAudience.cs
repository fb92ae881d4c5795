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
    private readonly List<Listener>[] _bySlotCount =
    [
        .. Enumerable.Range(0, SlotCountMax + 1).Select(_ => new List<Listener>()),
    ];

    public bool IsEmpty => _byMediaId.Count == 0;

    /// <summary>Control path: from now on the listener hears the room.</summary>
    public void Add(Listener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        if (_byMediaId.TryAdd(listener.MediaId, listener))
        {
            _bySlotCount[listener.SlotCount].Add(listener);
        }
    }

    /// <summary>Control path: the listener left, or lost its right to listen.</summary>
    public void Remove(Listener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        if (_byMediaId.Remove(listener.MediaId))
        {
            // In no order: the last takes the place, so that nobody else moves.
            var listeners = _bySlotCount[listener.SlotCount];
            listeners[listeners.IndexOf(listener)] = listeners[^1];
            listeners.RemoveAt(listeners.Count - 1);
            listener.Pause();
        }
    }

    public void Deliver(in SlotPacket packet, Instant now)
    {
        if ((uint)packet.SlotCount > SlotCountMax)
        {
            return;
        }

        if (packet.IsSpare)
        {
            DeliverSpare(packet, now);
            return;
        }

        foreach (var listener in CollectionsMarshal.AsSpan(_bySlotCount[packet.SlotCount]))
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
}
