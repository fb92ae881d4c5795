namespace Grpc.AspNetCore.Server;

/// <summary>Why and when a served call should stop: the client went away, or its deadline passed.</summary>
internal sealed class CallCancellation : IAsyncDisposable
{
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(49); // what a timer can count; later is as good as never

    private readonly CancellationTokenSource _source;
    private readonly TaskCompletionSource _deadlinePassed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _timer;

    public CallCancellation(TimeSpan? timeout, TimeProvider time, CancellationToken clientGone)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        Deadline = DateTime.MaxValue;
        if (timeout is not { } value)
        {
            return;
        }

        var now = time.GetUtcNow().UtcDateTime;
        Deadline = value < DateTime.MaxValue - now ? now + value : DateTime.MaxValue;
        if (value < TimerMax)
        {
            _timer = time.CreateTimer(_ => PassDeadline(), null, value, Timeout.InfiniteTimeSpan);
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>In UTC; <see cref="DateTime.MaxValue"/> for none.</summary>
    public DateTime Deadline { get; }

    /// <summary>Completes when the deadline passes; null where there is none to wait for.</summary>
    public Task? DeadlinePassed => _timer is null ? null : _deadlinePassed.Task;

    public bool IsDeadlinePassed => _deadlinePassed.Task.IsCompleted;

    /// <summary>Stops the call because its stream broke.</summary>
    public void Cancel() => _source.Cancel();

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }
        _source.Dispose();
    }

    private void PassDeadline()
    {
        _deadlinePassed.TrySetResult();
        _source.Cancel();
    }
}
