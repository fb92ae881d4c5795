using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>Which packets of one speaker are missing, and when they are to be asked for (RFC 4585 §6.2.1).</summary>
/// <remarks>
/// A packet is asked for once it is plain that it is not just late, and then twice a round trip, since requests get
/// lost too and senders answer once in that time; for as long as a listener could still play it. Bounded; hot path: no
/// allocation. Not thread-safe: the session's worker owns it.
/// </remarks>
public sealed class MissingPackets
{
    /// <summary>As many as one request names; a longer gap is an outage, and asking would prolong it.</summary>
    public const int CountMax = 16;

    private const int WindowLength = 64;

    /// <summary>Packets overtake each other by less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    /// <summary>With the way to the listener it comes too late for most jitter buffers.</summary>
    private static readonly TimeSpan AgeMax = TimeSpan.FromMilliseconds(250);

    private readonly Entry[] _entries = new Entry[CountMax];
    private int _count;
    private ulong _received;
    private ushort _highest;
    private bool _hasBegun;

    /// <summary>When the next request is due; null while nothing is missing.</summary>
    public Instant? NextRequest { get; private set; }

    /// <summary>How long an answer takes; a guess until somebody knows.</summary>
    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A packet has come, by itself or within a later one.</summary>
    /// <returns>False when it came before, or is too old to tell.</returns>
    public bool TryReceive(ushort number, Instant now)
    {
        var ahead = _hasBegun ? (short)(number - _highest) : WindowLength;
        if (ahead <= 0)
        {
            return TryReceiveLate(number, -ahead);
        }

        if (ahead >= WindowLength)
        {
            // The first, or after an outage: what was before is over.
            (_hasBegun, _received, _count, NextRequest) = (true, ulong.MaxValue, 0, null);
        }
        else
        {
            _received = (_received << ahead) | 1;
            for (var missing = (ushort)(_highest + 1); ahead <= CountMax && missing != number; missing++)
            {
                Add(missing, now);
            }
        }

        _highest = number;
        return true;
    }

    /// <summary>Whether a packet before the highest has not come.</summary>
    public bool IsMissing(ushort number)
    {
        var age = (short)(_highest - number);
        return _hasBegun && age is >= 0 and < WindowLength && (_received >> age & 1) == 0;
    }

    /// <summary>Whether a packet is after the highest and before one that has just come.</summary>
    public bool IsNext(ushort number, ushort carrier) =>
        _hasBegun && (short)(number - _highest) > 0 && (short)(carrier - number) > 0;

    /// <summary>Takes out what is to be asked for now, oldest first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="numbers">Room for <see cref="CountMax"/>.</param>
    public int TakeDue(Instant now, Span<ushort> numbers)
    {
        var due = 0;
        var kept = 0;
        NextRequest = null;
        for (var i = 0; i < _count; i++)
        {
            var entry = _entries[i];
            if (now - entry.FoundAt > AgeMax)
            {
                continue;
            }

            if (entry.AskAt <= now)
            {
                numbers[due++] = entry.Number;
                entry.AskAt = now + (RoundTrip / 2);
            }

            _entries[kept++] = entry;
            Schedule(entry.AskAt);
        }

        _count = kept;
        return due;
    }

    private bool TryReceiveLate(ushort number, int age)
    {
        if (age >= WindowLength || (_received >> age & 1) != 0)
        {
            return false;
        }

        _received |= 1UL << age;
        var index = 0;
        while (index < _count && _entries[index].Number != number)
        {
            index++;
        }

        if (index < _count)
        {
            _count--;
            Array.Copy(_entries, index + 1, _entries, index, _count - index);
            NextRequest = _count == 0 ? null : NextRequest;
        }

        return true;
    }

    private void Add(ushort number, Instant now)
    {
        if (_count == CountMax)
        {
            _count--;
            Array.Copy(_entries, 1, _entries, 0, _count);
        }

        _entries[_count++] = new Entry
        {
            Number = number,
            FoundAt = now,
            AskAt = now + Patience,
        };
        Schedule(now + Patience);
    }

    private void Schedule(Instant at) => NextRequest = NextRequest < at ? NextRequest : at;

    private struct Entry
    {
        public ushort Number;
        public Instant FoundAt;
        public Instant AskAt;
    }
}
