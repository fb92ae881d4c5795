using System.Collections.Concurrent;
using System.Security.Cryptography;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Sees to it that every event of every room reaches every webhook, whichever node lives.</summary>
/// <remarks>
/// A room that has something to deliver is named in the store before anything else, and until everything is delivered
/// and the room is over; so another node finds it when this one is gone. One run a room and webhook at a time, a few
/// rooms of one webhook at once: one that is slow holds up no other.
/// </remarks>
internal sealed class WebhookDispatcher(
    WebhookBook book,
    WebhookFeed feed,
    WebhookDelivery delivery,
    RoomDirectory rooms,
    IRecordStore store,
    WebhookTimings timings,
    TimeProvider time,
    ILogger<WebhookDispatcher> logger
) : BackgroundService
{
    private const int RunsOfTarget = 16;
    private const int PageSize = 500;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Records<StoredPending> _pending = new(
        store,
        "webhook-room",
        new RecordJson<StoredPending>(WebhookJson.Default.StoredPending, schema: 1)
    );

    private readonly SemaphoreSlim _hint = new(0, 1);
    private readonly ConcurrentDictionary<RoomId, byte> _named = new();
    private readonly ConcurrentDictionary<(RoomId Room, string Target), Work> _work = new();

    /// <summary>Sends one room's events again, from a number on.</summary>
    public async Task ReplayAsync(RoomId room, WebhookTarget target, long from, CancellationToken cancellationToken)
    {
        _named.TryRemove(room, out _);
        await delivery.RewindAsync(room, target.CursorId, from - 1, cancellationToken);
        if (_work.TryGetValue((room, target.CursorId), out var work))
        {
            work.Due(time.GetTimestamp());
        }

        feed.Note(room);
    }

    public override void Dispose()
    {
        _hint.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watch = book.Watch(Hint);
        feed.Changed += Hint;
        var scannedAt = (long?)null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await book.RefreshAsync(stoppingToken);
                    if (!book.Targets.IsEmpty)
                    {
                        await NameAsync(stoppingToken);
                        if (scannedAt is null || time.GetElapsedTime(scannedAt.Value) > timings.ScanEvery)
                        {
                            await ScanAsync(stoppingToken);
                            scannedAt = time.GetTimestamp();
                        }

                        Start(stoppingToken);
                    }
                }
                catch (RoomStoreUnavailableException)
                {
                    // Tried again at the next tick; what the feed noted is found by looking at all rooms.
                    scannedAt = null;
                }

                await _hint.WaitAsync(Tick, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            feed.Changed -= Hint;
        }
    }

    /// <summary>Names every room of this node in the store, and wakes the work of those with new events.</summary>
    private async Task NameAsync(CancellationToken cancellationToken)
    {
        var changed = feed.Take();
        foreach (var room in changed.Concat(rooms.All.Select(room => room.Id)))
        {
            if (!_named.ContainsKey(room))
            {
                await NameAsync(room, cancellationToken);
                Wake(room);
            }
        }

        foreach (var room in changed)
        {
            Wake(room);
        }
    }

    private async Task NameAsync(RoomId room, CancellationToken cancellationToken)
    {
        try
        {
            await _pending.TrySaveAsync(
                RecordKey.Only,
                room.Value,
                0,
                new StoredPending(),
                lifetime: null,
                cancellationToken
            );
            _named[room] = 0;
        }
        catch (RoomStoreUnavailableException)
        {
            feed.Note(room);
            throw;
        }
    }

    /// <summary>Takes up the rooms that another node left.</summary>
    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        book.Doubt();
        string? after = null;
        while (true)
        {
            var page = await _pending.ListAsync(RecordKey.Only, after, PageSize, cancellationToken);
            foreach (var record in page)
            {
                Wake(new RoomId(record.Key.Id));
            }

            if (page.Length < PageSize)
            {
                return;
            }

            after = page[^1].Key.Id;
        }
    }

    private void Wake(RoomId room)
    {
        foreach (var target in book.Targets)
        {
            _work.GetOrAdd((room, target.CursorId), _ => new Work()).Wake();
        }
    }

    private void Start(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var targets = book.Targets.ToDictionary(target => target.CursorId);
        var running = _work.Where(each => each.Value.IsRunning).GroupBy(each => each.Key.Target);
        var free = targets.Keys.ToDictionary(id => id, _ => RunsOfTarget);
        foreach (var group in running.Where(group => free.ContainsKey(group.Key)))
        {
            free[group.Key] -= group.Count();
        }

        foreach (var ((room, id), work) in _work)
        {
            if (!targets.TryGetValue(id, out var target))
            {
                _work.TryRemove((room, id), out _);
            }
            else if (free[id] > 0 && work.TryBegin(now))
            {
                free[id]--;
                _ = RunAsync(room, target, work, cancellationToken);
            }
        }
    }

    private async Task RunAsync(RoomId room, WebhookTarget target, Work work, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var outcome = DeliveryOutcome.Failed;
        try
        {
            outcome = await delivery.RunAsync(room, target, cancellationToken);
        }
        catch (Exception error) when (error is RoomStoreUnavailableException or OperationCanceledException)
        {
            // The store is away or the process ends: it goes on from the cursor.
        }
        catch (Exception error)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }

        var wait = work.End(outcome, timings, time);
        if (outcome == DeliveryOutcome.Finished)
        {
            await FinishAsync(room);
        }
        else if (wait == TimeSpan.Zero)
        {
            Hint();
        }
    }

    /// <summary>Forgets a room when every webhook has all of it.</summary>
    private async Task FinishAsync(RoomId room)
    {
        try
        {
            var keys = book.Targets.Select(target => (room, target.CursorId)).ToArray();
            if (!keys.All(key => _work.TryGetValue(key, out var work) && work.IsFinished))
            {
                return;
            }

            foreach (var key in keys)
            {
                _work.TryRemove(key, out _);
            }

            _named.TryRemove(room, out _);
            await _pending.DeleteAsync(RecordKey.Only, room.Value, CancellationToken.None);
        }
        catch (RoomStoreUnavailableException)
        {
            // Found again by the next scan.
        }
    }

    private void Hint()
    {
        try
        {
            _hint.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // Told already, or over.
        }
    }

    /// <summary>One room and one webhook. Any thread.</summary>
    private sealed class Work
    {
        private readonly Lock _gate = new();
        private bool _isWanted;
        private long _notBefore;
        private int _failures;

        public bool IsRunning { get; private set; }

        public bool IsFinished { get; private set; }

        public void Wake()
        {
            lock (_gate)
            {
                (_isWanted, IsFinished) = (true, false);
            }
        }

        public void Due(long now)
        {
            lock (_gate)
            {
                (_notBefore, _failures) = (now, 0);
            }
        }

        public bool TryBegin(long now)
        {
            lock (_gate)
            {
                if (!_isWanted || IsRunning || now < _notBefore)
                {
                    return false;
                }

                (_isWanted, IsRunning) = (false, true);
                return true;
            }
        }

        /// <returns>How long until it is tried again; infinite: when there is something new.</returns>
        public TimeSpan End(DeliveryOutcome outcome, WebhookTimings timings, TimeProvider time)
        {
            lock (_gate)
            {
                IsRunning = false;
                IsFinished = outcome == DeliveryOutcome.Finished && !_isWanted;
                _failures = outcome == DeliveryOutcome.Failed ? _failures + 1 : 0;
                var wait = outcome switch
                {
                    DeliveryOutcome.Failed => timings.Backoff(_failures) * (0.8 + (Random() * 0.4)),
                    DeliveryOutcome.Elsewhere => timings.Lease / 2,
                    DeliveryOutcome.UpToDate or DeliveryOutcome.Finished => TimeSpan.Zero,
                    _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
                };
                _isWanted |= wait > TimeSpan.Zero;
                _notBefore = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
                return _isWanted ? wait : Timeout.InfiniteTimeSpan;
            }
        }

        private static double Random() => RandomNumberGenerator.GetInt32(1_000) / 1_000.0;
    }
}
