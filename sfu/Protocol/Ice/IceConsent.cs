namespace Spaces.Sfu.Protocol.Ice;

/// <summary>The times of consent freshness (RFC 7675 §5.1), the same for both ends.</summary>
public static class IceConsent
{
    /// <summary>Without an authenticated check for this long nothing more may be sent.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>A client's checks come this far apart, times 0.8 to 1.2.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Two consent checks of the slowest rhythm, 6 s, are missing: a path silent for this long gives way to one that is
    /// not.
    /// </summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(13);
}
