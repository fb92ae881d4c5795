using Grpc.Core;

namespace Grpc.Net.Client.Configuration;

/// <summary>When a call that failed is made again; every value is required.</summary>
public sealed class RetryPolicy
{
    /// <summary>2 or more, since the first counts; never more than the channel's MaxRetryAttempts.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary>The wait before the second attempt; every wait is up to a fifth shorter or longer, by chance.</summary>
    public TimeSpan? InitialBackoff { get; set; }

    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>By which each wait is longer than the one before.</summary>
    public double? BackoffMultiplier { get; set; }

    public IList<StatusCode> RetryableStatusCodes { get; } = [];
}

/// <summary>Tokens that a failed call takes and a good one gives back in part.</summary>
/// <remarks>While half of them or less are left, nothing is retried.</remarks>
public sealed class RetryThrottlingPolicy
{
    public int? MaxTokens { get; set; }

    public double? TokenRatio { get; set; }
}
