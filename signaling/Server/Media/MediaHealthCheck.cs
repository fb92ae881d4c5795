using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Spaces.Signaling.Server.Media;

/// <summary>As <c>/readyz</c>: people can talk while any media node can be reached.</summary>
internal sealed class MediaHealthCheck(SfuCluster cluster) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            cluster.AnyAlive
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("No media node can be reached.")
        );
}
