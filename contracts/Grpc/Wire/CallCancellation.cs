using Microsoft.AspNetCore.Http.Features;

namespace Grpc.Wire;

/// <summary>Why and when a call should stop, on either side: somebody gave up, or the deadline passed.</summary>
/// <remarks>
/// Most handlers never ask, so the token, and the request's own behind it, are made when somebody does.
/// </remarks>
internal sealed class CallCancellation : IDisposable
{
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(49); // what a timer can count

    private readonly IHttpRequestLifetimeFeature? _request;
    private readonly CancellationToken[] _reasons;
    private readonly TaskCompletionSource? _deadlinePassed;
    private readonly ITimer? _timer;
    private CancellationTokenRegistration[] _registrations = [];
    private CancellationTokenSource? _source;

    /// <param name="timeout">How long the call may take; null for as long as it takes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="request">The request whose abortion cancels the call; null for none.</param>
    /// <param name="reasons">Any of these cancels the call.</param>
    public CallCancellation(
        TimeSpan? timeout,
        TimeProvider time,
        IHttpRequestLifetimeFeature? request,
        params CancellationToken[] reasons
    )
    {
        _request = request;
        _reasons = reasons;
        Deadline = DateTime.MaxValue;
        if (timeout is not { } value)
        {
            return;
        }

        var now = time.GetUtcNow().UtcDateTime;
        Deadline = value < DateTime.MaxValue - now ? now + value : DateTime.MaxValue;
        if (value < TimerMax)
        {
            _deadlinePassed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var dueTime = value > TimeSpan.Zero ? value : TimeSpan.Zero;
            _timer = time.CreateTimer(_ => PassDeadline(), null, dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public CancellationToken Token => Source.Token;

    /// <summary>In UTC; <see cref="DateTime.MaxValue"/> for none.</summary>
    public DateTime Deadline { get; }

    /// <summary>Completes when the deadline passes; null where there is none to wait for.</summary>
    public Task? DeadlinePassed => _deadlinePassed?.Task;

    public bool IsDeadlinePassed => _deadlinePassed?.Task.IsCompleted == true;

    private CancellationTokenSource Source => Volatile.Read(ref _source) ?? CreateSource();

    public void Cancel() => Source.Cancel();

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

    private CancellationTokenSource CreateSource()
    {
        var created = new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref _source, created, null) is { } other)
        {
            return other;
        }

        var reasons = _request is null ? _reasons : [.. _reasons, _request.RequestAborted];
        _registrations = Array.ConvertAll(reasons, reason => reason.UnsafeRegister(Cancel, created));
        if (IsDeadlinePassed)
        {
            created.Cancel();
        }
        return created;
    }

    private static void Cancel(object? source) => ((CancellationTokenSource)source!).Cancel();

    private void PassDeadline()
    {
        _deadlinePassed!.TrySetResult();
        Volatile.Read(ref _source)?.Cancel();
    }
}
