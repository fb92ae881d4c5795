using Spaces.Sfu.Protocol;
using Spaces.Sfu.Server.Hosting;

namespace Spaces.Simulation;

/// <summary>The threads that compute handshakes, in virtual time: one step after the other.</summary>
internal sealed class SimulatedHandshakes(World world) : IHandshakePool
{
    private readonly Queue<SessionHandshake> _waiting = new();
    private bool _isStopped;

    /// <summary>How long a step takes at most.</summary>
    public TimeSpan StepMax { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>When the step at the front is done.</summary>
    public Instant? Next { get; private set; }

    public void Start() { }

    public bool TryRun(SessionHandshake handshake)
    {
        if (_isStopped)
        {
            return false;
        }

        _waiting.Enqueue(handshake);
        Next ??= NextDone();
        return true;
    }

    public void RunDue()
    {
        while (Next <= world.Now)
        {
            _waiting.Dequeue().Run(world.Now);
            Next = _waiting.Count == 0 ? null : NextDone();
        }
    }

    public void Stop() => _isStopped = true;

    public void Dispose() => Stop();

    private Instant NextDone() => world.Now + (StepMax * world.Random.NextDouble());
}
