namespace Spaces.Contracts.Tests.Hosting;

/// <summary>How long a test waits for what must happen soon.</summary>
internal static class TestClock
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static DateTime Later => DateTime.UtcNow + Patience;
}
