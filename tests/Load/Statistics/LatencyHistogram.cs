using System.Numerics;

namespace Spaces.Load.Statistics;

/// <summary>
/// Counts durations in buckets of at most 0.8 % width: 128 to each power of two, as an HDR histogram does.
/// </summary>
/// <remarks>Recording costs an index computation and an increment; it never allocates. One thread at a time.</remarks>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int ExponentMax = 43; // 2^44 ns are 4.9 hours; longer counts as that.
    private const int BucketCount = (ExponentMax - SubBucketBits + 2) << SubBucketBits;

    private readonly long[] _counts = new long[BucketCount];

    public long Count { get; private set; }

    public long MaxNanoseconds { get; private set; }

    /// <summary>
    /// Counts one duration. A negative one, which only a clock that was set back gives, counts as zero.
    /// </summary>
    public void Record(long nanoseconds)
    {
        _counts[IndexOf(nanoseconds)]++;
        Count++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    /// <summary>
    /// The duration that the given share of the recorded ones does not exceed; 0 when none was recorded.
    /// </summary>
    /// <param name="percent">Above 0, at most 100.</param>
    /// <returns>Nanoseconds, the middle of the bucket.</returns>
    public long Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var rank = (long)Math.Ceiling(Count * percent / 100);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return MiddleOf(i);
            }
        }

        return 0;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        MaxNanoseconds = 0;
    }

    private static int IndexOf(long nanoseconds)
    {
        var value = (ulong)Math.Max(0, nanoseconds);
        var exponent = BitOperations.Log2(value | 1);
        if (exponent > ExponentMax)
        {
            return BucketCount - 1;
        }

        var shift = Math.Max(0, exponent - SubBucketBits);
        return (shift << SubBucketBits) + (int)(value >> shift);
    }

    private static long MiddleOf(int index)
    {
        var shift = Math.Max(0, (index >> SubBucketBits) - 1);
        var mantissa = index - (shift << SubBucketBits);
        return ((long)mantissa << shift) + ((1L << shift) >> 1);
    }
}
