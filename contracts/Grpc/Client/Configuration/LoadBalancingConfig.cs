namespace Grpc.Net.Client.Configuration;

/// <summary>Which of several addresses is called.</summary>
public abstract class LoadBalancingConfig
{
    private protected LoadBalancingConfig() { }
}

/// <summary>One address for all calls; the next one when it cannot be reached.</summary>
public sealed class PickFirstConfig : LoadBalancingConfig;

/// <summary>The addresses in turn; one that cannot be reached is passed over for a while.</summary>
public sealed class RoundRobinConfig : LoadBalancingConfig;
