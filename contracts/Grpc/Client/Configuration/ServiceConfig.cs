namespace Grpc.Net.Client.Configuration;

/// <summary>How a channel calls a service: what is retried, and which address is called.</summary>
public sealed class ServiceConfig
{
    /// <summary>The most exact name that matches a method wins.</summary>
    public IList<MethodConfig> MethodConfigs { get; } = [];

    /// <summary>The first counts. Without one, the first address that can be reached is called.</summary>
    public IList<LoadBalancingConfig> LoadBalancingConfigs { get; } = [];

    /// <summary>Stops retries while most calls fail; null for never.</summary>
    public RetryThrottlingPolicy? RetryThrottling { get; set; }
}
