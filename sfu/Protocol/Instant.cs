namespace Spaces.Sfu.Protocol;

/// <summary>
/// A point on the monotonic clock, in nanoseconds since an arbitrary start. Protocol code never reads a clock: every
/// call that depends on time is given one of these.
/// </summary>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    public static readonly Instant Zero;

    public static Instant operator +(Instant instant, TimeSpan duration) =>
        new(instant.Nanoseconds + (duration.Ticks * TimeSpan.NanosecondsPerTick));

    public static Instant operator -(Instant instant, TimeSpan duration) => instant + -duration;

    public static TimeSpan operator -(Instant later, Instant earlier) =>
        new((later.Nanoseconds - earlier.Nanoseconds) / TimeSpan.NanosecondsPerTick);

    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);
}
