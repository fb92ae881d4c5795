using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>How loud a track is, smoothed over time, from the levels its sender claims (RFC 6464).</summary>
/// <remarks>
/// The level is the sender's word, so it is held against what can be checked. A packet of Opus DTX is silence whatever
/// it claims. Nobody is louder than -20 dBov, where plain speech reaches already. And a level that never falls is not
/// speech, which has pauses: half of the floor it keeps is taken off. A mutable struct, changed in place by its owner.
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

    private const double FloorRiseDbPerSecond = 4;
    private const double AttackSeconds = 0.040;
    private const double ReleaseSeconds = 0.400;

    /// <summary>Opus DTX sends a packet every 400 ms; a track that is silent for longer has stopped.</summary>
    private static readonly TimeSpan Expiry = TimeSpan.FromMilliseconds(450);

    private static readonly TimeSpan FrameDuration = TimeSpan.FromMilliseconds(20);

    private double _smoothedDb;
    private double _floorDb;
    private Instant _observedAt;
    private bool _hasObserved;

    /// <summary>Whether the last packet was silence.</summary>
    public bool IsSilence { get; private set; }

    /// <summary>In dB above digital silence, the steady part halved.</summary>
    public readonly double ScoreDb(Instant now) => IsExpired(now) ? 0 : _smoothedDb - (_floorDb / 2);

    /// <summary>Whether somebody seems to speak.</summary>
    public readonly bool IsActive(Instant now) => !IsExpired(now) && _smoothedDb >= ActiveDb;

    /// <param name="level">-dBov or <see cref="AudioPacket.LevelUnknown"/>.</param>
    /// <param name="payloadLength">Of the Opus packet, in bytes.</param>
    /// <param name="now">When it arrived.</param>
    public void Observe(byte level, int payloadLength, Instant now)
    {
        var heardDb = HeardDb(level, payloadLength);
        var elapsed = _hasObserved ? now - _observedAt : FrameDuration;
        var seconds = Math.Clamp(elapsed.TotalSeconds, 0, Expiry.TotalSeconds);
        _hasObserved = true;
        _observedAt = now;
        IsSilence = heardDb <= 0;
        var constant = heardDb > _smoothedDb ? AttackSeconds : ReleaseSeconds;
        _smoothedDb += (heardDb - _smoothedDb) * Math.Min(1, seconds / constant);
        _floorDb = Math.Min(heardDb, _floorDb + (FloorRiseDbPerSecond * seconds));
    }

    private static double HeardDb(byte level, int payloadLength)
    {
        if (payloadLength <= DtxPayloadLengthMax)
        {
            return 0;
        }

        return level == AudioPacket.LevelUnknown ? UnknownDb : Math.Min(CeilingDb, FullScale - level);
    }

    private readonly bool IsExpired(Instant now) => !_hasObserved || now - _observedAt > Expiry;
}
