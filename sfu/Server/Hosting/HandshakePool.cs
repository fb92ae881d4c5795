using System.Collections.Concurrent;
using Spaces.Sfu.Protocol;
using Spaces.Sfu.Server.Telemetry;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>Threads that compute handshakes, so that a storm of joins does not hold up a single packet.</summary>
/// <remarks>
/// They yield to the workers wherever both want a core. Bounded: beyond <see cref="WaitingMax"/> a step is refused, the
/// client's retransmission tries again, and whoever is in already hears on.
/// </remarks>
internal sealed class HandshakePool : IHandshakePool
{
    /// <summary>About a second of work for one core: more would be answered after the client has tried again.</summary>
    public const int WaitingMax = 2048;

    /// <summary>A third of a worker's weight: behind it, but not starved on a machine that others load too.</summary>
    private const int Niceness = 5;

    private readonly ConcurrentQueue<SessionHandshake> _waiting = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly Thread[] _threads;
    private readonly ILogger _logger;
    private int _count;
    private volatile bool _isStopping;

    public HandshakePool(int threads, ILogger logger)
    {
        _logger = logger;
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Work) { Name = $"handshakes-{i}", IsBackground = true };
        }
    }

    public void Start() => Array.ForEach(_threads, thread => thread.Start());

    public bool TryRun(SessionHandshake handshake)
    {
        // A worker's own look may be a little out of date: the bound is against floods, not to the last place.
        if (_isStopping || Volatile.Read(ref _count) >= WaitingMax)
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        _waiting.Enqueue(handshake);
        _news.Release();
        return true;
    }

    public void Stop()
    {
        _isStopping = true;
        _news.Release(_threads.Length);
        foreach (var thread in _threads.Where(thread => thread.IsAlive))
        {
            thread.Join();
        }
    }

    public void Dispose()
    {
        Stop();
        _news.Dispose();
    }

    private void Work()
    {
        ThreadWeight.Lower(Niceness);
        while (true)
        {
            _news.Wait();
            if (_isStopping)
            {
                return;
            }

            if (!_waiting.TryDequeue(out var handshake))
            {
                continue;
            }

            Interlocked.Decrement(ref _count);
            try
            {
                handshake.Run(new Instant(UdpWorker.Now()));
            }
            catch (Exception exception)
            {
                // One client's fault: its session ends by its deadline.
                SfuLog.HandshakeFault(_logger, exception);
            }
        }
    }
}
