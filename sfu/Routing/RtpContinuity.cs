using System.Diagnostics;
using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>
/// The sequence numbers and timestamps of one outgoing RTP stream whose source changes. They run on without a break, so
/// that a jitter buffer never notices the change (RFC 7667 §3.7).
/// </summary>
/// <remarks>
/// A mutable struct: an element or a field that its owner changes in place. Within one source gaps and reordering are
/// kept, since they are true: the listener's loss concealment needs them. Over a change the sequence number goes on by
/// one and the timestamp by the time that passed. No number is ever given to two packets, or AES-GCM would be broken
/// (RFC 7714 §7.2): what is older than the change is refused. Hot path: no allocation.
/// </remarks>
public struct RtpContinuity
{
    /// <summary>
    /// Later than this a packet is of no use, and the replay window of a sender of ours lets none through.
    /// </summary>
    private const int LatenessMax = 127;

    /// <summary>Ten seconds: a sender that jumps further began anew.</summary>
    private const int GapMax = 500;

    /// <summary>Five seconds: a timestamp that far from the time that passed is a new clock.</summary>
    private const long ClockErrorMax = 5 * SamplesPerSecond;

    private const long SamplesPerSecond = 48_000;
    private const int NoSource = -1;

    private long _source;
    private bool _hasBegun;
    private ushort _sequenceOffset;
    private uint _timestampOffset;
    private ushort _highest;
    private uint _highestTimestamp;
    private uint _highestSamples;
    private Instant _highestAt;
    private int _advanced;
    private int _previousAdvanced;
    private RtpSegment _current;
    private RtpSegment _previous;

    /// <param name="firstSequenceNumber">
    /// Random and below 2^15, so that no listener meets a wrap while packets are still lost at the start (RFC 3711
    /// §3.3.1).
    /// </param>
    /// <param name="firstTimestamp">Random (RFC 3550 §5.1).</param>
    public RtpContinuity(ushort firstSequenceNumber, uint firstTimestamp)
    {
        Debug.Assert(firstSequenceNumber < 1 << 15, "The first number must leave the wrap far away.");
        _source = NoSource;
        _highest = (ushort)(firstSequenceNumber - 1);
        _highestTimestamp = firstTimestamp;
    }

    /// <summary>The highest number so far.</summary>
    public readonly ushort Highest => _highest;

    /// <summary>The timestamp of this very moment, for a sender report.</summary>
    public readonly uint TimestampAt(Instant now) => _highestTimestamp + (uint)Samples(now - _highestAt);

    /// <summary>The next packet begins anew, whoever sends it.</summary>
    public void Pause() => _source = NoSource;

    /// <summary>Where a packet of <paramref name="source"/> goes in the stream.</summary>
    /// <param name="source">Whose row of numbers and times it is in.</param>
    /// <param name="sequenceNumber">Its number there.</param>
    /// <param name="timestamp">Its time there.</param>
    /// <param name="samples">How long it sounds: the least step over a change after it.</param>
    /// <param name="now">When it arrived; for one that waited here, in the past.</param>
    /// <param name="position">Its number and time in the stream.</param>
    /// <returns>False when it is older than the last change of source, or a repetition.</returns>
    public bool TryMap(
        long source,
        ushort sequenceNumber,
        uint timestamp,
        int samples,
        Instant now,
        out RtpPosition position
    )
    {
        if (source == _source)
        {
            var ahead = (short)((ushort)(sequenceNumber + _sequenceOffset) - _highest);
            if (ahead <= 0)
            {
                return TryMapLate(ahead, timestamp, out position);
            }

            if (ahead <= GapMax && IsSameClock(timestamp, now))
            {
                return Advance(ahead, timestamp, samples, now, isNewSource: false, out position);
            }
        }

        _previousAdvanced = _hasBegun ? _advanced : -1;
        _previous = _current;
        var step = _hasBegun ? (uint)Math.Max(_highestSamples, Samples(now - _highestAt)) : 0;
        _source = source;
        _hasBegun = true;
        _sequenceOffset = (ushort)(_highest + 1 - sequenceNumber);
        _timestampOffset = _highestTimestamp + step - timestamp;
        _current = new RtpSegment(source, _sequenceOffset, _timestampOffset);
        _advanced = -1;
        return Advance(1, timestamp, samples, now, isNewSource: true, out position);
    }

    /// <summary>Which part of the stream a recent number belongs to; only the last two parts are known.</summary>
    /// <param name="number">Of the stream.</param>
    /// <param name="segment">Its part.</param>
    /// <param name="isFirst">Whether it was the first of its part, which carries the marker.</param>
    public readonly bool TryFindSegment(ushort number, out RtpSegment segment, out bool isFirst)
    {
        // Counted back from the newest: the numbers themselves come round again.
        var age = (ushort)(_highest - number);
        var ageAtChange = age - (_advanced + 1);
        var isCurrent = ageAtChange < 0;
        segment = isCurrent ? _current : _previous;
        isFirst = isCurrent ? age == _advanced : ageAtChange == _previousAdvanced;
        return _hasBegun && age < LatenessMax && (isCurrent || ageAtChange <= _previousAdvanced);
    }

    private static long Samples(TimeSpan duration) => duration.Ticks * SamplesPerSecond / TimeSpan.TicksPerSecond;

    private readonly bool IsSameClock(uint timestamp, Instant now)
    {
        // Backwards is no clock: the next source would be stamped before what was already played, and dropped.
        var stamped = (int)(timestamp + _timestampOffset - _highestTimestamp);
        return stamped > 0 && Math.Abs(stamped - Samples(now - _highestAt)) <= ClockErrorMax;
    }

    private readonly bool TryMapLate(short ahead, uint timestamp, out RtpPosition position)
    {
        position = new RtpPosition((ushort)(_highest + ahead), timestamp + _timestampOffset, IsNewSource: false);
        return ahead < 0 && -ahead <= LatenessMax && -ahead <= _advanced;
    }

    private bool Advance(
        short ahead,
        uint timestamp,
        int samples,
        Instant now,
        bool isNewSource,
        out RtpPosition position
    )
    {
        _advanced = Math.Min(LatenessMax, _advanced + ahead);
        _highest = (ushort)(_highest + ahead);
        _highestTimestamp = timestamp + _timestampOffset;
        _highestSamples = (uint)samples;
        _highestAt = now;
        position = new RtpPosition(_highest, _highestTimestamp, isNewSource);
        return true;
    }
}
