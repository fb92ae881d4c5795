using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Routing;

/// <summary>The slots of those of a room's listeners who have the same number of them.</summary>
/// <remarks>
/// A listener with one slot must hear the loudest of the room, not whoever came first into slot 0: so each number of
/// slots has a selection of its own. Hot path: no allocation. Not thread-safe: the room's home worker owns it.
/// </remarks>
internal sealed class SlotTier
{
    private const int HeaderLength = 16;

    private readonly SpeakerSelector _selector;
    private readonly RtpContinuity[] _streams;
    private readonly uint[] _holders;
    private readonly byte[] _packet = new byte[RoomRouter.PayloadLengthMax + HeaderLength];
    private AudienceShare[] _audiences = [];

    public SlotTier(int slotCount, Random random)
    {
        _selector = new SpeakerSelector(slotCount);
        _holders = new uint[slotCount];
        _streams = new RtpContinuity[slotCount + 1];
        foreach (ref var stream in _streams.AsSpan())
        {
            stream = new RtpContinuity((ushort)random.Next(1 << 15), (uint)random.NextInt64(1L << 32));
        }
    }

    public int SlotCount => _selector.SlotCount;

    public bool HasListeners => _audiences.Length > 0;

    /// <summary>Control path: one listener more on a worker.</summary>
    public void Attach(IAudience audience)
    {
        var index = Array.FindIndex(_audiences, share => ReferenceEquals(share.Audience, audience));
        if (index >= 0)
        {
            _audiences[index].ListenerCount++;
            return;
        }

        _audiences = [.. _audiences, new AudienceShare { Audience = audience, ListenerCount = 1 }];
    }

    /// <summary>Control path: one listener fewer.</summary>
    public void Detach(IAudience audience)
    {
        var index = Array.FindIndex(_audiences, share => ReferenceEquals(share.Audience, audience));
        if (index >= 0 && --_audiences[index].ListenerCount == 0)
        {
            _audiences = [.. _audiences.Where(share => share.ListenerCount > 0)];
        }
    }

    /// <summary>The track left or lost its right: its place is free at once.</summary>
    public void Release(PublishedTrack track) => _selector.Release(track);

    public void Route(PublishedTrack track, in AudioPacket packet, Instant now)
    {
        var position = _selector.Select(track, now);
        if (position == SpeakerSelector.Unplaced)
        {
            return;
        }

        var tenure = _selector.TenureOf(position);
        ref var stream = ref _streams[position];
        if (!stream.TryMap(tenure, packet.SequenceNumber, packet.Timestamp, now, out var mapped))
        {
            return;
        }

        var length = Build(packet, mapped);
        var slotPacket = new SlotPacket(
            SlotCount,
            position,
            track.MediaId,
            tenure,
            mapped.SequenceNumber,
            mapped.Timestamp,
            packet.HasMarker || mapped.IsNewSource,
            _packet.AsSpan(0, length),
            position == SlotCount ? HolderIds() : default
        );
        foreach (ref readonly var share in _audiences.AsSpan())
        {
            share.Audience.Deliver(slotPacket, now);
        }
    }

    private int Build(in AudioPacket packet, in RtpPosition mapped)
    {
        var header = new RtpHeader(0, false, mapped.SequenceNumber, mapped.Timestamp, 0);
        var headerLength = RtpPacketWriter.WriteHeader(_packet, header, packet.MediaId);
        packet.Payload.CopyTo(_packet.AsSpan(headerLength));
        return headerLength + packet.Payload.Length;
    }

    private ReadOnlySpan<uint> HolderIds()
    {
        for (var slot = 0; slot < _holders.Length; slot++)
        {
            _holders[slot] = _selector.HolderOf(slot)?.MediaId ?? 0;
        }

        return _holders;
    }

    /// <summary>One worker's part of the tier's listeners.</summary>
    private struct AudienceShare
    {
        public required IAudience Audience { get; init; }

        public int ListenerCount { get; set; }
    }
}
