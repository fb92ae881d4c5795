namespace Spaces.Simulation;

/// <summary>Runs what was awaited in the one thread of the simulation, in the order in which it became ready.</summary>
internal sealed class SimulationContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing in a simulation waits for another thread.");

    public void RunReady()
    {
        while (_ready.TryDequeue(out var work))
        {
            work.Callback(work.State);
        }
    }
}
