using System.Globalization;

namespace Grpc.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;
    private const long ValueMax = 99_999_999;

    private static readonly (char Unit, long Ticks)[] UnitsFromTick =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <returns>False where the text is no timeout; 99,999,999 hours are no overflow.</returns>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (
            text.Length is < 2 or > DigitsMax + 1
            || !long.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }
        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick);
            return true;
        }

        var unit = Array.Find(UnitsFromTick, candidate => candidate.Unit == text[^1]);
        timeout = TimeSpan.FromTicks(value * unit.Ticks);
        return unit != default;
    }

    /// <summary>
    /// In the smallest unit whose eight digits suffice, rounded up, so that nobody gives up too early.
    /// </summary>
    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Max(0, timeout.Ticks);
        foreach (var (unit, ticksPerUnit) in UnitsFromTick)
        {
            var value = ticks / ticksPerUnit + (ticks % ticksPerUnit == 0 ? 0 : 1);
            if (value <= ValueMax)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
            }
        }
        return $"{ValueMax}H";
    }
}
