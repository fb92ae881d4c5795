using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>One who hears a room in a fixed number of slots.</summary>
/// <remarks>Hot path is <see cref="Send"/>: no allocation. Not thread-safe: the listener's worker owns it.</remarks>
public sealed class Listener
{
    private readonly IListenerTransport _transport;
    private readonly ListenerSlot[] _slots;

    /// <param name="mediaId">The participant's; packets of it are not sent to it.</param>
    /// <param name="slots">SSRC and payload type of each slot, as the answer says.</param>
    /// <param name="transport">The way to the listener.</param>
    /// <param name="random">For the first sequence numbers and timestamps.</param>
    public Listener(uint mediaId, ReadOnlySpan<SlotFormat> slots, IListenerTransport transport, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots.Length, RoomAudience.SlotCountMax);
        MediaId = mediaId;
        _transport = transport;
        _slots = new ListenerSlot[slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            _slots[i] = new ListenerSlot(slots[i], random);
        }
    }

    public uint MediaId { get; }

    public int SlotCount => _slots.Length;

    public ref readonly ListenerSlot Slot(int index) => ref _slots[index];

    /// <summary>Copies a slot packet for this listener, into the slot that it is to be heard in.</summary>
    public void Send(int slot, in SlotPacket packet, Instant now)
    {
        if (_transport.TryRent(out var buffer) && _slots[slot].TryWrite(packet, now, buffer))
        {
            _transport.Send(packet.Bytes.Length);
        }
    }

    /// <summary>What is missed from here on leaves no gap.</summary>
    public void Pause()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Pause();
        }
    }
}
