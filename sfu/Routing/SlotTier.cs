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
    private const int FrameSamples = 960;

    /// <summary>A voice begins softly: so much before it is plain belongs to it.</summary>
    private static readonly TimeSpan Onset = TimeSpan.FromMilliseconds(60);

    private readonly SpeakerSelector _selector;
    private readonly RtpContinuity[] _streams;
    private readonly uint[] _holders;
    private readonly byte[] _packet = new byte[RoomRouter.PayloadLengthMax + HeaderLength];
    private AudienceShare[] _audiences = [];

    public SlotTier(int slotCount, Random random)
    {
        _selector = new SpeakerSelector(slotCount, (uint)random.NextInt64(1L << 32));
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
        var before = _selector.PositionOf(track);
        var heardBy = before == SlotCount ? HolderIds() : default;
        var position = _selector.Select(track, now);
        if (position == SpeakerSelector.Unplaced)
        {
            return;
        }

        if (position != before && position != SlotCount)
        {
            RouteFromTheFirstSyllable(track, position, heardBy, now);
        }
        else
        {
            Deliver(track, packet, position, position == SlotCount ? HolderIds() : default, now, age: TimeSpan.Zero);
        }
    }

    /// <summary>
    /// What the speaker said before the slot was theirs, back to where this talk began, and then the packet at hand.
    /// </summary>
    /// <param name="track">Who has just got a slot.</param>
    /// <param name="position">The slot.</param>
    /// <param name="heardBy">Who heard them by the spare.</param>
    /// <param name="now">When the packet at hand arrived.</param>
    private void RouteFromTheFirstSyllable(PublishedTrack track, int position, ReadOnlySpan<uint> heardBy, Instant now)
    {
        var recent = track.Recent;
        var began = track.Loudness.TalkBegan;
        var isRecent = now - began <= RecentSpeech.Length;
        var since = isRecent ? began!.Value - Onset : now;
        var heardUntil = track.HeardUntil[SlotCount];
        var first = recent.FirstSince(since < heardUntil ? heardUntil : since);
        for (var i = Math.Min(first, recent.Count - 1); i < recent.Count; i++)
        {
            var isNews = i == recent.Count - 1;
            var packet = recent.Read(i, track.MediaId);
            Deliver(track, packet, position, isNews ? default : heardBy, now, now - recent.ArrivedAt(i));
        }
    }

    private void Deliver(
        PublishedTrack track,
        in AudioPacket packet,
        int position,
        ReadOnlySpan<uint> holders,
        Instant now,
        TimeSpan age
    )
    {
        if (position != SlotCount)
        {
            track.HeardUntil[SlotCount] = now;
        }

        var tenure = _selector.TenureOf(position);
        var samples = OpusPacket.TryGetSamples(packet.Payload, out var sounding) ? sounding : FrameSamples;
        ref var stream = ref _streams[position];
        if (!stream.TryMap(tenure, packet.SequenceNumber, packet.Timestamp, samples, now - age, out var mapped))
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
            samples,
            age,
            _packet.AsSpan(0, length),
            holders
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
