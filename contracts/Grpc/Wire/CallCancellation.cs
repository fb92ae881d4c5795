namespace Grpc.Wire;

/// <summary>Why and when a call should stop, on either side: somebody gave up, or the deadline passed.</summary>
internal sealed class CallCancellation : IDisposable
{
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(49); // what a timer can count

    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _deadlinePassed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration[] _registrations;
    private readonly ITimer? _timer;

    /// <param name="timeout">How long the call may take; null for as long as it takes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reasons">Any of these cancels the call.</param>
    public CallCancellation(TimeSpan? timeout, TimeProvider time, params CancellationToken[] reasons)
    {
        _registrations = [.. reasons.Select(reason => reason.UnsafeRegister(_ => _source.Cancel(), null))];
        Deadline = DateTime.MaxValue;
        if (timeout is not { } value)
        {
            return;
        }

        var now = time.GetUtcNow().UtcDateTime;
        Deadline = value < DateTime.MaxValue - now ? now + value : DateTime.MaxValue;
        if (value < TimerMax)
        {
            var dueTime = value > TimeSpan.Zero ? value : TimeSpan.Zero;
            _timer = time.CreateTimer(_ => PassDeadline(), null, dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>In UTC; <see cref="DateTime.MaxValue"/> for none.</summary>
    public DateTime Deadline { get; }

    /// <summary>Completes when the deadline passes; null where there is none to wait for.</summary>
    public Task? DeadlinePassed => _timer is null ? null : _deadlinePassed.Task;

    public bool IsDeadlinePassed => _deadlinePassed.Task.IsCompleted;

    public void Cancel() => _source.Cancel();

    /// <summary>This and another reason to stop; null where <see cref="Token"/> alone will do.</summary>
    public CancellationTokenSource? LinkTo(CancellationToken other) =>
        other.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(Token, other) : null;

    /// <summary>Forgets the clock and the reasons; the token stays as it is, and usable.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        foreach (var registration in _registrations)
        {
            registration.Unregister();
        }
    }

    private void PassDeadline()
    {
        _deadlinePassed.TrySetResult();
        _source.Cancel();
    }
}
