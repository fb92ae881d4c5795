using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>Handshakes that were computed for one worker, until its next turn.</summary>
internal sealed class WorkerHandshakes(Action wake)
{
    private readonly ConcurrentQueue<SessionHandshake> _done = new();

    /// <summary>From the computing thread.</summary>
    public void Add(SessionHandshake handshake)
    {
        _done.Enqueue(handshake);
        wake();
    }

    /// <summary>For the worker. Between handshakes it costs one look at an empty queue a turn.</summary>
    public bool TryTake([NotNullWhen(true)] out SessionHandshake? handshake) => _done.TryDequeue(out handshake);
}
