using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;

namespace Spaces.Sfu.Routing;

/// <summary>One who hears a room in a fixed number of slots.</summary>
/// <remarks>Hot path is <see cref="Send"/>: no allocation. Not thread-safe: the listener's worker owns it.</remarks>
public sealed class Listener
{
    /// <summary>Each four bytes of a request ask for 17 packets; more than this at once is no honest loss.</summary>
    private const int RequestedMax = 64;

    private readonly IListenerTransport _transport;
    private readonly ListenerSlot[] _slots;
    private SlotHistory? _history;
    private ListenerRepair? _repair;

    /// <param name="mediaId">The participant's; packets of it are not sent to it.</param>
    /// <param name="slots">SSRC and payload types of each slot, as the answer says.</param>
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
            NeedsHistory |= slots[i].HasNack || slots[i].RedPayloadType is not null;
        }
    }

    public uint MediaId { get; }

    public int SlotCount => _slots.Length;

    /// <summary>Packets sent again because the listener asked.</summary>
    public long SentAgain { get; private set; }

    /// <summary>Whether lost packets can be made good.</summary>
    internal bool NeedsHistory { get; }

    public ref readonly ListenerSlot Slot(int index) => ref _slots[index];

    /// <summary>Copies a slot packet for this listener, into the slot that it is to be heard in.</summary>
    public void Send(int slot, in SlotPacket packet, Instant now)
    {
        if (
            _transport.TryRent(out var buffer)
            && _slots[slot].Write(packet, _history, now, buffer) is > 0 and var length
        )
        {
            _transport.Send(length);
        }
    }

    /// <summary>The client misses packets of a slot (RFC 4585 §6.2.1).</summary>
    public void HandleNack(NackView request, Instant now)
    {
        var slot = SlotOf(request.MediaSsrc);
        if (slot < 0 || !_slots[slot].HasNack || _history is null)
        {
            return;
        }

        _repair ??= new ListenerRepair();
        _repair.Allow(PacketCount());
        var requested = 0;
        foreach (var number in request)
        {
            if (++requested > RequestedMax || !_transport.TryRent(out var buffer))
            {
                return;
            }

            var length = _slots[slot].WriteAgain(number, _history, now, buffer);
            if (length > 0 && _repair.TryTake(slot, number, now))
            {
                _transport.SendAgain(length);
                SentAgain++;
            }
        }
    }

    /// <summary>What the client says of a slot; a report of another SSRC is passed over.</summary>
    public void HandleReport(in ReportBlock report, TimeSpan roundTrip, Instant now)
    {
        var slot = SlotOf(report.Ssrc);
        if (slot < 0)
        {
            return;
        }

        _repair ??= new ListenerRepair();
        if (_repair.IsSettled(now))
        {
            foreach (ref var stream in _slots.AsSpan())
            {
                stream.Settle();
            }
        }

        if (_repair.HandleReport(report.FractionLost, PacketCount(), roundTrip, now))
        {
            foreach (ref var stream in _slots.AsSpan())
            {
                stream.SetBlocks(_repair.Blocks);
            }
        }
    }

    /// <summary>Lost packets come from here from now on; null: they do not come.</summary>
    internal void Attach(SlotHistory? history) => _history = history;

    /// <summary>What is missed from here on leaves no gap.</summary>
    public void Pause()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Pause();
        }
    }

    private uint PacketCount()
    {
        var count = 0u;
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            count += slot.PacketCount;
        }

        return count;
    }

    private int SlotOf(uint ssrc)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].Ssrc == ssrc)
            {
                return i;
            }
        }

        return -1;
    }
}
