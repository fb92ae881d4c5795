namespace Spaces.Sfu.Server.Hosting;

/// <summary>Which share of the last second the busiest worker worked.</summary>
internal sealed class WorkerLoad(IReadOnlyList<MediaWorker> workers, TimeProvider timeProvider)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Queue<Sample> _samples = new();

    /// <summary>0 to 1. Call at regular intervals below a second.</summary>
    public double Busiest()
    {
        var now = new Sample(
            timeProvider.GetTimestamp(),
            [.. workers.Select(worker => worker.Counters.BusyNanoseconds)]
        );
        _samples.Enqueue(now);
        while (_samples.Count > 2 && timeProvider.GetElapsedTime(_samples.Peek().At, now.At) > Window)
        {
            _samples.Dequeue();
        }

        var first = _samples.Peek();
        var elapsed = timeProvider.GetElapsedTime(first.At, now.At).TotalNanoseconds;
        if (elapsed <= 0)
        {
            return 0;
        }

        var busiest = now.BusyNanoseconds.Zip(first.BusyNanoseconds, (later, earlier) => later - earlier).Max();
        return Math.Clamp(busiest / elapsed, 0, 1);
    }

    private readonly record struct Sample(long At, long[] BusyNanoseconds);
}
