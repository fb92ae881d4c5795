using Spaces.Signaling.Store;

namespace Spaces.Signaling.Server.Stores;

/// <summary>Forces the journal of records to the disk once a second.</summary>
internal sealed class RecordFlusher(JournaledRecordStore store, TimeProvider time, ILogger<RecordFlusher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Flush();
            }
        }
        catch (OperationCanceledException)
        {
            Flush();
        }
    }

    private void Flush()
    {
        try
        {
            store.Flush();
        }
        catch (IOException error)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
    }
}
