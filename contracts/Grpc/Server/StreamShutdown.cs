using Microsoft.Extensions.Hosting;

namespace Grpc.AspNetCore.Server;

/// <summary>Ends the streams of a server that stops, so that it need not wait for those without an end.</summary>
/// <remarks>
/// Kestrel says GOAWAY and lets calls finish. A handler that wants to say goodbye on its stream has a short while after
/// <see cref="IHostApplicationLifetime.ApplicationStopping"/>; then the stream ends with UNAVAILABLE, and the client
/// goes elsewhere.
/// </remarks>
internal sealed class StreamShutdown : IDisposable
{
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _stopping;
    private readonly ITimer _timer;

    public StreamShutdown(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _timer = time.CreateTimer(_ => Stop(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stopping = lifetime.ApplicationStopping.Register(() => _timer.Change(GoodbyeTime, Timeout.InfiniteTimeSpan));
    }

    public CancellationToken Token => _stopped.Token;

    /// <summary>Completes when streams must be over.</summary>
    public Task Completed => _completed.Task;

    public void Dispose()
    {
        _stopping.Dispose();
        _timer.Dispose();
        _stopped.Dispose();
    }

    private void Stop()
    {
        _completed.TrySetResult();
        _stopped.Cancel();
    }
}
