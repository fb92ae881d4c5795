using System.Diagnostics;
using Spaces.Load.Statistics;
using Spaces.Signaling.Domain;

namespace Spaces.Load.Store;

/// <summary>What one run gave.</summary>
internal readonly record struct StoreFigures(double PerSecond, double P50Microseconds, double P99Microseconds);

/// <summary>Rooms in which somebody mutes and unmutes without a pause: the smallest command there is.</summary>
internal sealed class StoreBench(IRoomStore store, int rooms, int speakers, string name)
{
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _latencies = new();

    public async Task<StoreFigures> MeasureAsync(TimeSpan time)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, rooms).Select(OpenAsync));
        using var stop = new CancellationTokenSource(time);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(open.Select(room => Task.Run(() => CommandAsync(room, stop.Token))));
        return new StoreFigures(
            _latencies.Count / Stopwatch.GetElapsedTime(started).TotalSeconds,
            _latencies.Percentile(50) / 1_000.0,
            _latencies.Percentile(99) / 1_000.0
        );
    }

    private static Person PersonOf(int index) =>
        new(
            new ParticipantId($"p{index}"),
            new Identity($"i{index}"),
            $"Speaker {index}",
            new MediaId((uint)index + 1),
            true
        );

    private async Task<Room> OpenAsync(int index)
    {
        var room = Room.Unopened(new RoomId($"bench-{name}-{index}"));
        var host = PersonOf(0);
        room = await CommitAsync(room, new RoomCommand.Open("A talk", host.Identity, host.Name, DateTimeOffset.UtcNow));
        for (var i = 0; i < speakers; i++)
        {
            var enter = new RoomCommand.Enter(PersonOf(i), TokenMaySpeak: true, DateTimeOffset.UtcNow);
            room = await CommitAsync(room, enter);
        }

        return room;
    }

    private async Task CommandAsync(Room room, CancellationToken stop)
    {
        var muted = true;
        while (!stop.IsCancellationRequested)
        {
            var asked = Stopwatch.GetTimestamp();
            muted = !muted;
            room = await CommitAsync(room, new RoomCommand.Mute(PersonOf(0), muted, DateTimeOffset.UtcNow));
            var took = (long)Stopwatch.GetElapsedTime(asked).TotalNanoseconds;
            lock (_gate)
            {
                _latencies.Record(took);
            }
        }
    }

    private async Task<Room> CommitAsync(Room room, RoomCommand command)
    {
        var decision = room.Decide(command);
        if (
            decision.Refusal is not null
            || !await store.TryAppendAsync(room.Id, room.Version, decision.Events, CancellationToken.None)
        )
        {
            throw new InvalidOperationException($"{command.GetType().Name} failed: {decision.Refusal?.Message}");
        }

        return room.Apply(decision.Events);
    }
}
