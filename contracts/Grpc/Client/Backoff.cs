namespace Grpc.Net.Client;

/// <summary>Waits that grow, and that differ a little, so that not everybody comes back at once.</summary>
internal static class Backoff
{
    private const double Jitter = 0.2;

    /// <param name="failures">In a row; 1 or more.</param>
    /// <param name="initial">The wait after the first.</param>
    /// <param name="max">The longest wait, before chance.</param>
    /// <param name="multiplier">By which a wait is longer than the one before.</param>
    public static TimeSpan After(int failures, TimeSpan initial, TimeSpan max, double multiplier)
    {
        var seconds = Math.Min(initial.TotalSeconds * Math.Pow(multiplier, failures - 1), max.TotalSeconds);
#pragma warning disable CA5394 // Chance spreads load here; nobody gains by guessing it.
        return TimeSpan.FromSeconds(seconds * (1 - Jitter + 2 * Jitter * Random.Shared.NextDouble()));
#pragma warning restore CA5394
    }
}
