using System.Collections.Concurrent;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>
/// Shows the other signaling nodes that this one lives, sees which of them died, and answers what they ask.
/// </summary>
internal sealed class ClusterPulse(
    INodes nodes,
    ClusterNode self,
    NodeMessenger messenger,
    RoomDirectory rooms,
    RoomSync sync,
    ParticipantMedia media,
    Adoption adoption,
    ClusterTimings timings,
    TimeProvider time,
    ILogger<ClusterPulse> logger
) : IHostedLifecycleService, IDisposable
{
    /// <summary>A node starts without the store too, but not before it gave it a moment to answer.</summary>
    private static readonly TimeSpan FirstBeatMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstBeatPause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Dead nodes whose people are adopted, or are being adopted.</summary>
    private readonly ConcurrentDictionary<NodeName, byte> _adopted = new();

    private Task _beating = Task.CompletedTask;
    private long _backAt;
    private bool _wasAway;
    private int _tookUp;

    /// <summary>Known to the others before the first request is served.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        messenger.Listen(message => _ = HandleAsync(message));
        _backAt = time.GetTimestamp();
        self.IsStoreAway = self.IsShared;
        using var looks = new PeriodicTimer(FirstBeatPause, time);
        do
        {
            await BeatAsync();
        } while (
            self.IsStoreAway
            && time.GetElapsedTime(_backAt) < FirstBeatMax
            && await looks.WaitForNextTickAsync(cancellationToken)
        );

        _beating = RunAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the clients were asked to resume elsewhere: those who do not are adopted at once.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _beating;
        try
        {
            await nodes.RetireAsync(self.Name, cancellationToken);
        }
        catch (RoomStoreUnavailableException)
        {
            // The lease runs out by itself.
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(timings.Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await BeatAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Shutting down.
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            var census = await nodes.BeatAsync(self.Name, timings.Lease, _stop.Token);
            Returned();
            Take(census);
            if (self.IsShared && Interlocked.Exchange(ref _tookUp, 1) == 0)
            {
                _ = TakeUpAsync();
            }
        }
        catch (RoomStoreUnavailableException error)
        {
            if (!_wasAway)
            {
                _wasAway = true;
                SignalingLog.StoreAway(logger, error.Message);
            }

            self.IsStoreAway = true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
    }

    /// <summary>Rooms that nobody serves, so that they end when they have been empty for long enough.</summary>
    private async Task TakeUpAsync()
    {
        try
        {
            await rooms.TakeUpAsync(self.Name, isShared: true, _stop.Token);
        }
        catch (RoomStoreUnavailableException)
        {
            Volatile.Write(ref _tookUp, 0); // Again with the next beat.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
    }

    private void Returned()
    {
        self.IsStoreAway = false;
        if (!_wasAway)
        {
            return;
        }

        _wasAway = false;
        _backAt = time.GetTimestamp();
        SignalingLog.StoreBack(logger);
        foreach (var room in rooms.All)
        {
            room.Share.PolledAt = 0;
            room.Hint();
        }
    }

    /// <remarks>
    /// After the store was away everybody's lease has run out, also of those who live; so nobody is taken for dead
    /// before they had the time to renew it.
    /// </remarks>
    private void Take(NodeCensus census)
    {
        if (time.GetElapsedTime(_backAt) < timings.Lease)
        {
            self.Census = new NodeCensus(census.Living.Union(self.Census.Living), []);
            return;
        }

        self.Census = census;
        foreach (var living in census.Living)
        {
            _adopted.TryRemove(living, out _);
        }

        foreach (var dead in census.Dead.Where(dead => dead != self.Name && _adopted.TryAdd(dead, 0)))
        {
            _ = AdoptAsync(dead);
        }
    }

    private async Task AdoptAsync(NodeName dead)
    {
        foreach (var room in rooms.All)
        {
            room.Share.IsTallyDue = true; // Its listeners no longer count.
        }

        try
        {
            await adoption.AdoptAsync(dead, _stop.Token);
        }
        catch (RoomStoreUnavailableException)
        {
            _adopted.TryRemove(dead, out _); // Again with the next beat.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.BackgroundFailed(logger, error);
            _adopted.TryRemove(dead, out _);
        }
    }

    private async Task HandleAsync(NodeMessage message)
    {
        try
        {
            var room = rooms.All.FirstOrDefault(room => room.Id.Value == message.Room);
            var id = new ParticipantId(message.Participant);
            switch (message.Kind)
            {
                case NodeMessageKind.Moved when room is not null:
                    await sync.RecoverAsync(room, id, _stop.Token);
                    break;
                case NodeMessageKind.Settle:
                    messenger.Answer(message, room is null || await SettleAsync(room, id));
                    break;
                default:
                    break;
            }
        }
        catch (RoomStoreUnavailableException)
        {
            // The next look at the room finds it.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
    }

    private async Task<bool> SettleAsync(LiveRoom room, ParticipantId id)
    {
        await room.FollowAsync(_stop.Token);
        Participant? participant;
        using (await room.EnterAsync(_stop.Token))
        {
            participant = room.People.Find(id);
        }

        return participant is null || await media.SettleAsync(room, participant) is null;
    }
}
