using Spaces.Sfu.Protocol;

namespace Spaces.Simulation;

/// <summary>The time of day of a simulation.</summary>
internal sealed class VirtualTimeProvider(Func<Instant> now) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start + (now() - Instant.Zero);
}
