using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>What one listener may have sent again, and how much redundancy its network needs.</summary>
/// <remarks>
/// What it asks for costs at most as much as what it is sent anyway, and no packet is sent again twice within a round
/// trip, so that no flood of requests amplifies. Made when a listener first reports or asks. Not thread-safe: the
/// listener's worker owns it.
/// </remarks>
internal sealed class ListenerRepair
{
    private const int AllowanceMax = 64;
    private const int RecentLength = 32;

    /// <summary>In 256ths, as reports have them: 3 % of loss is heard, and at 15 % two in a row are common.</summary>
    private const int OneBlockFraction = 8;
    private const int TwoBlocksFraction = 38;
    private const int NoBlockFraction = 3;

    /// <summary>Twice as long as anything is kept to be sent again.</summary>
    public static readonly TimeSpan ChangeInterval = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RoundTripMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromSeconds(1);

    private readonly (int Slot, ushort Number, Instant At)[] _recent = new (int, ushort, Instant)[RecentLength];
    private int _nextRecent;
    private uint _sentBefore;
    private uint _sentAtReport;
    private int _asked;
    private int _allowance = AllowanceMax / 2;
    private Instant? _changedAt;

    /// <summary>From the listener's reports; a guess before the first.</summary>
    public TimeSpan RoundTrip { get; private set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many earlier frames go with each packet.</summary>
    public int Blocks { get; private set; }

    /// <summary>The listener has been sent so many packets in all: as many more may be sent again.</summary>
    public void Allow(uint sent)
    {
        _allowance = (int)Math.Min(AllowanceMax, _allowance + (long)(sent - _sentBefore));
        _sentBefore = sent;
    }

    /// <summary>Whether a packet may be sent again now; if so, that counts.</summary>
    public bool TryTake(int slot, ushort number, Instant now)
    {
        if (_allowance == 0)
        {
            return false;
        }

        var isFirst = true;
        foreach (ref readonly var recent in _recent.AsSpan())
        {
            if (recent.Slot == slot && recent.Number == number)
            {
                isFirst = false;
                if (now - recent.At < RoundTrip)
                {
                    return false;
                }
            }
        }

        _asked += isFirst ? 1 : 0;
        _allowance--;
        _recent[_nextRecent] = (slot, number, now);
        _nextRecent = (_nextRecent + 1) % RecentLength;
        return true;
    }

    /// <summary>Whether nothing is sent again any more that went out before the last change.</summary>
    public bool IsSettled(Instant now) => now - _changedAt >= ChangeInterval;

    /// <summary>A report of the listener's. What was asked for and came is no loss to it, but one on the way.</summary>
    /// <param name="reportedLost">In 256ths.</param>
    /// <param name="sent">Packets sent to it in all.</param>
    /// <param name="roundTrip">As the report tells it; zero when it does not.</param>
    /// <param name="now">When it came.</param>
    /// <returns>Whether <see cref="Blocks"/> has changed.</returns>
    public bool HandleReport(int reportedLost, uint sent, TimeSpan roundTrip, Instant now)
    {
        var sentSince = (int)(sent - _sentAtReport);
        var fractionLost = Math.Max(reportedLost, sentSince == 0 ? 0 : (_asked << 8) / sentSince);
        (_sentAtReport, _asked) = (sent, 0);
        if (roundTrip > TimeSpan.Zero)
        {
            var (least, most) = (RoundTripMin.Ticks, RoundTripMax.Ticks);
            RoundTrip = TimeSpan.FromTicks(Math.Clamp(roundTrip.Ticks, least, most));
        }

        var wanted = fractionLost switch
        {
            >= TwoBlocksFraction => 2,
            >= OneBlockFraction => Math.Max(1, Blocks == 2 && fractionLost > TwoBlocksFraction / 2 ? 2 : 1),
            > NoBlockFraction => Math.Min(Blocks, 1),
            _ => 0,
        };
        if (wanted == Blocks || now - _changedAt < ChangeInterval)
        {
            return false;
        }

        (Blocks, _changedAt) = (wanted, now);
        return true;
    }
}
