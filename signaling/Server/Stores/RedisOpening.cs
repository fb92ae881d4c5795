using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server.Stores;

/// <summary>
/// Waits for Redis before anything is served: a node that starts together with it, or on a busy machine, does not give
/// up. Where Redis stays away, the start goes on and fails where it first needs the store, with its reason.
/// </summary>
internal sealed class RedisOpening(RedisConnection redis) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Task StartingAsync(CancellationToken cancellationToken) =>
        redis.WaitUntilUpAsync(Patience, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
