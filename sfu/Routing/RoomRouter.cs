using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>A room on its home worker: who may speak, who is heard, and which workers have listeners.</summary>
/// <remarks>
/// Here permissions are enforced: what a participant without the right sends ends here, whatever path it took. Hot path
/// is <see cref="Route"/>: O(slots) a packet, no allocation, no lock. Not thread-safe: the home worker owns it; others
/// hand it packets through rings and changes through commands.
/// </remarks>
public sealed class RoomRouter(Random random) : IAudioSink
{
    /// <summary>The longest Opus packet that is passed on: with all headers it fits every path's 1,280 bytes.</summary>
    public const int PayloadLengthMax = 1200;

    private readonly Dictionary<uint, PublishedTrack> _tracks = [];
    private readonly DominantSpeaker _floor = new();
    private SlotTier[] _tiers = [];

    /// <summary>Packets of participants that are unknown or may not publish; dropped.</summary>
    public long DroppedForbidden { get; private set; }

    /// <summary>Whose word it is, by media id; null when nobody has spoken.</summary>
    public uint? DominantSpeaker => _floor.Current?.MediaId;

    /// <summary>Whether nobody is left in the room.</summary>
    public bool IsEmpty => _tracks.Count == 0 && _tiers.Length == 0;

    /// <summary>Adds a participant's microphone, or changes what it may do.</summary>
    public void SetPublishing(uint mediaId, bool mayPublish)
    {
        if (!_tracks.TryGetValue(mediaId, out var track))
        {
            track = new PublishedTrack(mediaId);
            _tracks.Add(mediaId, track);
        }

        track.MayPublish = mayPublish;
        if (!mayPublish)
        {
            Release(track);
        }
    }

    /// <summary>The participant left; its place is free.</summary>
    public void RemoveTrack(uint mediaId)
    {
        if (_tracks.Remove(mediaId, out var track))
        {
            Release(track);
        }
    }

    /// <summary>One listener with that many slots joined on the worker behind <paramref name="audience"/>.</summary>
    public void AttachListener(int slotCount, IAudience audience)
    {
        var tier = Array.Find(_tiers, candidate => candidate.SlotCount == slotCount);
        if (tier is null)
        {
            tier = new SlotTier(slotCount, random);
            _tiers = [.. _tiers, tier];
        }

        tier.Attach(audience);
    }

    /// <summary>One such listener left.</summary>
    public void DetachListener(int slotCount, IAudience audience)
    {
        var tier = Array.Find(_tiers, candidate => candidate.SlotCount == slotCount);
        tier?.Detach(audience);
        if (tier is { HasListeners: false })
        {
            _tiers = [.. _tiers.Where(candidate => candidate.HasListeners)];
        }
    }

    /// <summary>
    /// Takes in one packet of a speaker and hands it, if they are among the loudest, to the room's listeners.
    /// </summary>
    public void Route(in AudioPacket packet, Instant now)
    {
        if (
            packet.Payload.Length > PayloadLengthMax
            || !_tracks.TryGetValue(packet.MediaId, out var track)
            || !track.MayPublish
        )
        {
            DroppedForbidden++;
            return;
        }

        track.Observe(packet, now);
        _floor.Observe(track, now);
        foreach (var tier in _tiers)
        {
            tier.Route(track, packet, now);
        }
    }

    private void Release(PublishedTrack track)
    {
        _floor.Release(track);
        track.Recent.Clear(); // What was said before must not come out when the right comes back.
        foreach (var tier in _tiers)
        {
            tier.Release(track);
        }
    }
}
