using Spaces.Sfu.Server.Hosting;

namespace Spaces.Sfu.Server.Control;

/// <summary>
/// Starts and stops the media plane, and tells the watchers every 200 ms that it lives and how busy it is.
/// </summary>
internal sealed class HeartbeatService(SessionControl sessions, SessionTable table, TimeProvider timeProvider)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        sessions.Node.Start();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        table.EndWatches();
        await base.StopAsync(cancellationToken);
        await sessions.Node.StopAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var load = new WorkerLoad(sessions.Node.Workers, timeProvider);
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                table.PublishHeartbeat(load.Busiest());
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }
}
