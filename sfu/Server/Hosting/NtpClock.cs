using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Rtcp;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>The wall clock for RTCP (RFC 3550 §4), carried on by the monotonic clock.</summary>
/// <remarks>
/// Read once at the start: a step of the machine's clock must not shift the streams against each other.
/// </remarks>
/// <param name="wallClockAtStart">The time of day at <paramref name="start"/>.</param>
/// <param name="start">The same moment on the monotonic clock.</param>
internal sealed class NtpClock(DateTimeOffset wallClockAtStart, Instant start)
{
    public NtpTimestamp At(Instant now) => NtpTimestamp.From(wallClockAtStart + (now - start));
}
