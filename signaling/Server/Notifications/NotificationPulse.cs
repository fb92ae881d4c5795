namespace Spaces.Signaling.Server.Notifications;

/// <summary>Shows who is online that the connection lives, and ends connections when the process stops.</summary>
internal sealed class NotificationPulse(AccountNotifications notifications, SignalingOptions options, TimeProvider time)
    : BackgroundService,
        IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the server stops listening.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        notifications.ShutDown();
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.NotificationHeartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                notifications.Beat();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
