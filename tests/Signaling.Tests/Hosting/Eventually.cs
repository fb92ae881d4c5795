namespace Spaces.Signaling.Tests.Hosting;

/// <summary>Waits for a state, for a bounded time.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(
        Func<bool> condition,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string? text = null
    )
    {
        using var looks = new PeriodicTimer(LookAgainAfter);
        for (var patience = Patience; !condition(); patience -= LookAgainAfter)
        {
            Assert.That(patience, Is.GreaterThan(TimeSpan.Zero), $"never became true: {text}");
            await looks.WaitForNextTickAsync();
        }
    }

    public static async Task TrueAsync(Func<Task<bool>> condition, string text)
    {
        using var looks = new PeriodicTimer(LookAgainAfter);
        for (var patience = Patience; !await condition(); patience -= LookAgainAfter)
        {
            Assert.That(patience, Is.GreaterThan(TimeSpan.Zero), $"never became true: {text}");
            await looks.WaitForNextTickAsync();
        }
    }
}
