namespace Spaces.Contracts.Tests.Hosting;

/// <summary>How long a test waits for what must happen soon.</summary>
internal static class TestClock
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A foreign client starts up and makes a dozen calls.</summary>
    public static readonly TimeSpan InteropPatience = TimeSpan.FromSeconds(90);

    public static DateTime Later => DateTime.UtcNow + Patience;
}
