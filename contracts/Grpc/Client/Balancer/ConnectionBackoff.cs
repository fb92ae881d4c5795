namespace Grpc.Net.Client.Balancer;

/// <summary>How long an address that could not be reached is left alone; longer each time.</summary>
internal sealed record ConnectionBackoff(TimeSpan Initial, TimeSpan? Max)
{
    private const double Multiplier = 1.6;

    /// <param name="failures">In a row; 1 or more.</param>
    public TimeSpan After(int failures) => Backoff.After(failures, Initial, Max ?? TimeSpan.MaxValue, Multiplier);
}
