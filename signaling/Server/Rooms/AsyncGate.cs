namespace Spaces.Signaling.Server.Rooms;

/// <summary>Lets one in after the other, in turn, without holding a thread.</summary>
internal sealed class AsyncGate
{
    /// <summary>Holds nothing that must be given back: its wait handle is never asked for.</summary>
    private SemaphoreSlim Semaphore { get; } = new(1, 1);

    /// <summary>Enters; disposing what it gives leaves.</summary>
    public async Task<Hold> EnterAsync(CancellationToken cancellationToken)
    {
        await Semaphore.WaitAsync(cancellationToken);
        return new Hold(Semaphore);
    }

    internal readonly struct Hold(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
