using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server.Stores;

/// <summary>Gives Redis a moment to answer before anything else starts.</summary>
internal sealed class StorePatience(RedisConnection redis) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public Task StartingAsync(CancellationToken cancellationToken) =>
        redis.WaitUntilUpAsync(Patience, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
