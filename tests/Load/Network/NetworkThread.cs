using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Spaces.Load.Interop;

namespace Spaces.Load.Network;

/// <summary>
/// A thread that stands in a network namespace and on a core, and does there what it is asked to: whatever socket it
/// opens and process it starts belongs to both.
/// </summary>
/// <remarks>
/// A namespace of its own has no name and no file: it is gone with its last thread, process and socket, also after a
/// kill.
/// </remarks>
internal sealed class NetworkThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = new(boundedCapacity: 16);
    private readonly Thread _thread;

    /// <param name="name">For the debugger.</param>
    /// <param name="ownNetwork">Whether to enter a new namespace.</param>
    /// <param name="core">The core to stay on, or null for any.</param>
    /// <exception cref="InvalidOperationException">The kernel refused the namespace or the core.</exception>
    public NetworkThread(string name, bool ownNetwork, int? core)
    {
        _thread = new Thread(DoWork) { IsBackground = true, Name = name };
        _thread.Start();
        try
        {
            Id = Run(() => TakePlace(ownNetwork, core));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The kernel's number of the thread, which <c>ip link … netns</c> takes as a process id.</summary>
    public int Id { get; }

    /// <summary>Does the work on the thread and waits for it; its exception is thrown here.</summary>
    public T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static int TakePlace(bool ownNetwork, int? core)
    {
        if (core is { } pinned)
        {
            ThreadPlacement.Pin(thread: 0, pinned);
        }

        return !ownNetwork || ThreadPlacement.TryEnterNewNetwork()
            ? Libc.GetThreadId()
            : throw new InvalidOperationException("a network namespace needs root");
    }

    private void DoWork()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
