namespace Spaces.Signaling.Server.Limits;

/// <summary>How often something may be done.</summary>
/// <param name="Burst">So many at once, after a rest.</param>
/// <param name="Interval">Then one each time this passes.</param>
internal readonly record struct RateLimit(int Burst, TimeSpan Interval)
{
    /// <summary>So many a minute, all of them at once after a rest of a minute.</summary>
    public static RateLimit PerMinute(int count) => new(count, TimeSpan.FromMinutes(1) / count);
}
