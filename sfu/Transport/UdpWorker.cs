using System.Diagnostics;
using System.Runtime.InteropServices;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>One thread, one loop: wait, receive, hand over, do what others asked, time out, send.</summary>
/// <remarks>
/// Hot path: no allocation, lock or await. Nothing is held back by a timer: what a batch causes is sent at the end of
/// its turn, so the fan-out of a batch is itself the send batch. One datagram's failure never stops the loop.
/// </remarks>
public sealed class UdpWorker : IDatagramLoop
{
    /// <summary>The longest wait; bounds how late a stop is seen even if a wake-up were lost.</summary>
    private const int WaitMillisecondsMax = 1000;

    private const int NanosecondsPerMillisecond = 1_000_000;

    private readonly UdpSocket[] _sockets;
    private readonly SendBatch[] _sends;
    private readonly DatagramBatch _batch = new();
    private readonly EpollEvents _events;
    private readonly WakeUp _wakeUp = new();
    private readonly int _epoll;
    private readonly Thread _thread;
    private IUdpWorkerHandler? _handler;
    private volatile bool _isStopping;

    /// <param name="name">The thread's name, for the debugger and <c>top -H</c>.</param>
    /// <param name="sockets">The worker's own; their indices are what the handler sees.</param>
    public UdpWorker(string name, IReadOnlyList<UdpSocket> sockets)
    {
        _sockets = [.. sockets];
        _sends = [.. _sockets.Select(socket => new SendBatch(socket, Counters))];
        _events = new EpollEvents(_sockets.Length + 1);
        _epoll = Libc.EpollCreate(Libc.SocketCloseOnExec);
        if (_epoll < 0)
        {
            throw new IOException($"epoll_create1 failed with errno {Marshal.GetLastPInvokeError()}.");
        }

        EpollEvents.WatchReadable(_epoll, _wakeUp.Descriptor, _sockets.Length);
        for (var i = 0; i < _sockets.Length; i++)
        {
            EpollEvents.WatchReadable(_epoll, _sockets[i].Descriptor, i);
        }

        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public WorkerCounters Counters { get; } = new();

    /// <inheritdoc/>
    public int Port => _sockets[0].Port;

    public int SocketCount => _sockets.Length;

    /// <summary>The clock that the handler's times are on, in nanoseconds.</summary>
    public static long Now() => (long)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));

    public UdpSocket Socket(int index) => _sockets[index];

    /// <summary>The sends of socket <paramref name="index"/>; for the worker's thread only.</summary>
    public SendBatch Sends(int index) => _sends[index];

    /// <inheritdoc/>
    IDatagramSender IDatagramLoop.Sends(int socket) => _sends[socket];

    /// <inheritdoc/>
    long IDatagramLoop.Now() => Now();

    public void Start(IUdpWorkerHandler handler)
    {
        _handler = handler;
        _thread.Start();
    }

    /// <summary>Makes the worker take a turn soon. From any thread; cheap when it was already woken.</summary>
    public void Wake() => _wakeUp.Signal();

    /// <summary>Ends the loop and waits for the thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        _wakeUp.Signal();
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    public void Dispose()
    {
        Stop();
        foreach (var send in _sends)
        {
            send.Dispose();
        }

        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        _ = Libc.Close(_epoll);
        _wakeUp.Dispose();
        _events.Dispose();
        _batch.Dispose();
    }

    private void Run()
    {
        var handler = _handler!;
        var deadline = 0L;
        var turnStart = Now();
        while (!_isStopping)
        {
            var turnEnd = Now();
            Counters.BusyNanoseconds += turnEnd - turnStart;
            var ready = _events.Wait(_epoll, WaitMilliseconds(deadline - turnEnd));
            turnStart = Now();
            for (var i = 0; i < ready; i++)
            {
                ReceiveFrom(_events.Token(i), handler, turnStart);
            }

            deadline = TakeTurn(handler, turnStart);
        }
    }

    private static int WaitMilliseconds(long nanoseconds) =>
        nanoseconds <= 0 ? 0 : (int)Math.Min(WaitMillisecondsMax, (nanoseconds / NanosecondsPerMillisecond) + 1);

    private void ReceiveFrom(int token, IUdpWorkerHandler handler, long now)
    {
        if (token == _sockets.Length)
        {
            _wakeUp.Clear();
            return;
        }

        var received = _batch.Receive(_sockets[token]);
        Counters.Received += received;
        for (var i = 0; i < received; i++)
        {
            if (_batch.IsOversized(i))
            {
                Counters.ReceivedOversized++;
                continue;
            }

            HandOver(handler, now, token, i);
        }
    }

    private void HandOver(IUdpWorkerHandler handler, long now, int socket, int index)
    {
        try
        {
            handler.HandleDatagram(now, socket, _batch.Source(index), _batch[index]);
        }
        catch (Exception exception)
        {
            Counters.Faults++;
            handler.HandleFault(exception);
        }
    }

    private long TakeTurn(IUdpWorkerHandler handler, long now)
    {
        var deadline = now;
        try
        {
            deadline = handler.HandleTurn(now);
        }
        catch (Exception exception)
        {
            Counters.Faults++;
            handler.HandleFault(exception);
        }

        foreach (var send in _sends)
        {
            send.Flush();
        }

        handler.HandleFlushed();
        return deadline;
    }
}
