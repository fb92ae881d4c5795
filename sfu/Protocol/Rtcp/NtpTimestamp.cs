namespace Spaces.Sfu.Protocol.Rtcp;

/// <summary>A wall-clock time in 2^-32 seconds since 1900 (RFC 3550 §4), which wraps in 2036.</summary>
public readonly record struct NtpTimestamp(ulong Value)
{
    private static readonly DateTime Epoch = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The part that a report block returns as "last SR": 16 bits of seconds, 16 of fraction.</summary>
    public uint Middle => (uint)(Value >> 16);

    /// <summary>From the caller's wall clock; protocol code reads none.</summary>
    public static NtpTimestamp From(DateTimeOffset time)
    {
        var ticks = (time.UtcDateTime - Epoch).Ticks;
        var seconds = (ulong)(ticks / TimeSpan.TicksPerSecond);
        var fraction = ((ulong)(ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
        return new NtpTimestamp((seconds << 32) | fraction);
    }

    /// <summary>A span of time as reports carry it, in 65,536ths of a second.</summary>
    public static uint ToShort(TimeSpan duration) =>
        (uint)Math.Clamp(duration.Ticks * 65_536L / TimeSpan.TicksPerSecond, 0, uint.MaxValue);

    /// <summary>
    /// The round trip that a report block tells its sender (RFC 3550 §6.4.1, figure 2): now - LSR - DLSR. Zero when the
    /// block answers no report or claims more delay than has passed.
    /// </summary>
    public static TimeSpan RoundTrip(NtpTimestamp now, in ReportBlock block)
    {
        var units = unchecked((int)(now.Middle - block.LastSenderReport - block.DelaySinceLastSenderReport));
        return block.LastSenderReport == 0 || units < 0
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(units * TimeSpan.TicksPerSecond / 65_536L);
    }
}
