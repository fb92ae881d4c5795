using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Server.Webhooks;

namespace Spaces.Signaling.Server.Media;

/// <summary>
/// Takes up what the process before this one left, follows the media nodes, and says goodbye at the end.
/// </summary>
internal sealed class SfuFollower(
    SfuCluster cluster,
    RoomDirectory rooms,
    WebhookFeed feed,
    RoomKeeper keeper,
    ClientSessions sessions,
    ILogger<SfuFollower> logger
) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;

    /// <summary>Before any request is served.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        rooms.Observer = feed;
        cluster.Observer = keeper;
        await keeper.TakeUpAsync(cancellationToken);
        _following = cluster.RunAsync(_stop.Token);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the server stops listening.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        SignalingLog.ShuttingDown(logger, sessions.Count);
        sessions.ShutDown();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _following;
    }

    public void Dispose() => _stop.Dispose();
}
