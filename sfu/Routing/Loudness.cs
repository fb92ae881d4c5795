using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtp;

namespace Spaces.Sfu.Routing;

/// <summary>How loud a track is, smoothed over time, from the levels its sender claims (RFC 6464).</summary>
/// <remarks>
/// The level is the sender's word, so it is held against what can be checked. A packet of Opus DTX is silence whatever
/// it claims, and one of few bytes is not loud: Opus spends bits where there is sound. Nobody is louder than -20 dBov,
/// where plain speech reaches already. And a level that never falls is not speech, which has pauses: half of the floor
/// it keeps is taken off. A mutable struct, changed in place by its owner.
/// </remarks>
public struct Loudness
{
    /// <summary>Opus sends 1 or 2 bytes for a frame it does not code (RFC 6716 §3.1; DTX).</summary>
    private const int DtxPayloadLengthMax = 2;

    private const double FullScale = 127;
    private const double CeilingDb = FullScale - 20;

    /// <summary>What a track counts as whose client sends no levels: ordinary speech.</summary>
    private const double UnknownDb = FullScale - 40;

    /// <summary>Below -60 dBov there is only the noise of a room.</summary>
    private const double ActiveDb = FullScale - 60;

    /// <summary>A voice is this far above the track's floor, and above what a quiet room gives.</summary>
    private const double VoiceAboveFloorDb = 8;
    private const double VoiceDb = FullScale - 70;
    private const double QuietDb = FullScale - 82;

    /// <summary>Below 3 kbit/s Opus codes no voice; below its lowest rate, 6, no loud one (RFC 6716 §2.1.1).</summary>
    private const int VoicelessBytesPerFrame = 8;
    private const int FaintBytesPerFrame = 15;
    private const double FaintDb = FullScale - 45;
    private const int FrameSamples = 960;

    private const double FloorRiseDbPerSecond = 4;
    private const double AttackSeconds = 0.040;
    private const double ReleaseSeconds = 0.400;

    /// <summary>Opus DTX sends a packet every 400 ms; a track that is silent for longer has stopped.</summary>
    private static readonly TimeSpan Expiry = TimeSpan.FromMilliseconds(450);

    /// <summary>Between two words a voice pauses for less.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(200);

    /// <summary>Within a word it falls for less.</summary>
    private static readonly TimeSpan DipMax = TimeSpan.FromMilliseconds(120);

    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private double _smoothedDb;
    private double _floorDb;
    private Instant _observedAt;
    private Instant? _voicedAt;
    private bool _hasObserved;

    /// <summary>Whether the last packet was silence.</summary>
    public bool IsSilence { get; private set; }

    /// <summary>How far the last packet was above the floor.</summary>
    public double AboveFloorDb { get; private set; }

    /// <summary>When this talk began, after a pause longer than between words; null before any.</summary>
    public Instant? TalkBegan { get; private set; }

    /// <summary>In dB above digital silence, the steady part halved.</summary>
    public readonly double ScoreDb(Instant now) => IsExpired(now) ? 0 : _smoothedDb - (_floorDb / 2);

    /// <summary>Whether somebody seems to speak.</summary>
    public readonly bool IsActive(Instant now) => !IsExpired(now) && _smoothedDb >= ActiveDb;

    /// <summary>Whether a voice is heard at this very moment, or falls for no longer than between syllables.</summary>
    public readonly bool IsVoicing(Instant now) => now - _voicedAt <= DipMax;

    /// <param name="level">-dBov or <see cref="AudioPacket.LevelUnknown"/>.</param>
    /// <param name="payload">The Opus packet.</param>
    /// <param name="now">When it arrived.</param>
    public void Observe(byte level, ReadOnlySpan<byte> payload, Instant now)
    {
        var heardDb = HeardDb(level, payload);
        var elapsed = _hasObserved ? now - _observedAt : FrameDuration;
        var seconds = Math.Clamp(elapsed.TotalSeconds, 0, Expiry.TotalSeconds);
        _hasObserved = true;
        _observedAt = now;
        IsSilence = heardDb <= 0;
        var constant = heardDb > _smoothedDb ? AttackSeconds : ReleaseSeconds;
        _smoothedDb += (heardDb - _smoothedDb) * Math.Min(1, seconds / constant);
        _floorDb = Math.Min(heardDb, _floorDb + (FloorRiseDbPerSecond * seconds));
        AboveFloorDb = heardDb - Math.Max(_floorDb, QuietDb);
        if (heardDb >= VoiceDb && AboveFloorDb >= VoiceAboveFloorDb)
        {
            TalkBegan = now - _voicedAt <= PauseMax ? TalkBegan : now;
            _voicedAt = now;
        }
    }

    private static double HeardDb(byte level, ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= DtxPayloadLengthMax)
        {
            return 0;
        }

        var claimedDb = level == AudioPacket.LevelUnknown ? UnknownDb : FullScale - level;
        return Math.Min(claimedDb, CeilingOf(payload));
    }

    private static double CeilingOf(ReadOnlySpan<byte> payload)
    {
        var samples = OpusPacket.TryGetSamples(payload, out var total) ? total : FrameSamples;
        return (payload.Length * FrameSamples / samples) switch
        {
            < VoicelessBytesPerFrame => VoiceDb,
            < FaintBytesPerFrame => FaintDb,
            _ => CeilingDb,
        };
    }

    private readonly bool IsExpired(Instant now) => !_hasObserved || now - _observedAt > Expiry;
}
