using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>A participant's microphone as the room's home worker sees it.</summary>
/// <remarks>Not thread-safe: the room's home worker owns it.</remarks>
public sealed class PublishedTrack(uint mediaId)
{
    private Loudness _loudness;

    public uint MediaId { get; } = mediaId;

    /// <summary>Permitted and not muted. False: nothing of it is routed.</summary>
    public bool MayPublish { get; internal set; }

    /// <summary>Has the floor of the room.</summary>
    public bool IsDominant { get; internal set; }

    /// <summary>When it last took the slot of somebody who was speaking; null if never.</summary>
    internal Instant? LastDisplacement { get; set; }

    internal SpeechActivity Activity { get; } = new();

    internal RecentSpeech Recent { get; } = new();

    /// <summary>For <see cref="DominantSpeaker"/> alone.</summary>
    internal bool IsCandidate { get; set; }

    /// <summary>When it was last heard, silence aside.</summary>
    internal Instant SpokeAt { get; set; }

    /// <summary>By number of slots: until when all those listeners have heard it.</summary>
    internal Instant[] HeardUntil { get; } = new Instant[RoomAudience.SlotCountMax + 1];

    public ref readonly Loudness Loudness => ref _loudness;

    internal void Observe(in AudioPacket packet, Instant now)
    {
        _loudness.Observe(packet.Level, packet.Payload, now);
        Activity.Observe(_loudness.AboveFloorDb, now);
        Recent.Add(packet, now);
    }
}
