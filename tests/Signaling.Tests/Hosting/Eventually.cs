namespace Spaces.Signaling.Tests.Hosting;

/// <summary>Waits for a state, for a bounded time.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(
        Func<bool> condition,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string? text = null
    )
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.That(patience.IsCancellationRequested, Is.False, $"never became true: {text}");
            await Task.Delay(10);
        }
    }
}
