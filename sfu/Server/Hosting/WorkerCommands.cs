using System.Collections.Concurrent;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>What other threads ask of a worker: done between two batches, on its thread.</summary>
/// <remarks>
/// A command's task completes when what the turn sent is with the kernel, so whoever awaited it knows that nothing
/// older is still under way. Bounded: beyond <see cref="PendingMax"/> the caller is refused at once.
/// </remarks>
internal sealed class WorkerCommands(Action wake)
{
    /// <summary>
    /// A join takes two; more than this means that the worker is stuck, and waiting would only hide it.
    /// </summary>
    public const int PendingMax = 65_536;

    private readonly ConcurrentQueue<Command> _pending = new();
    private readonly List<Command> _done = [];
    private int _count;
    private volatile bool _isClosed;

    /// <exception cref="InvalidOperationException">The worker has stopped, or does not keep up.</exception>
    public Task InvokeAsync(Action action)
    {
        if (_isClosed)
        {
            throw new InvalidOperationException("The worker has stopped.");
        }

        if (Interlocked.Increment(ref _count) > PendingMax)
        {
            Interlocked.Decrement(ref _count);
            throw new InvalidOperationException("The worker takes no more commands: it does not keep up.");
        }

        var command = new Command(action);
        _pending.Enqueue(command);
        if (_isClosed)
        {
            FailPending(); // Closed in between: nobody else will.
        }

        wake();
        return command.Completion.Task;
    }

    /// <summary>For the worker: does all that is there.</summary>
    public void Run()
    {
        while (_pending.TryDequeue(out var command))
        {
            Interlocked.Decrement(ref _count);
            try
            {
                command.Action();
                _done.Add(command);
            }
            catch (Exception exception)
            {
                command.Completion.SetException(exception);
            }
        }
    }

    /// <summary>For the worker: what was done is in force.</summary>
    public void Complete()
    {
        if (_done.Count == 0)
        {
            return;
        }

        foreach (var command in _done)
        {
            command.Completion.SetResult();
        }

        _done.Clear();
    }

    /// <summary>After the worker's thread ended: nobody waits for ever.</summary>
    public void Close()
    {
        _isClosed = true;
        FailPending();
        Complete();
    }

    private void FailPending()
    {
        while (_pending.TryDequeue(out var command))
        {
            command.Completion.SetException(new InvalidOperationException("The worker has stopped."));
        }
    }

    private sealed class Command(Action action)
    {
        public Action Action { get; } = action;

        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
