using System.Diagnostics;

namespace Spaces.Signaling.Store.Redis;

/// <summary>
/// Hears what was published on channels, from one of the servers, and knows when it may have missed some.
/// </summary>
/// <remarks>
/// Redis publishes at most once, and forgets who listened when a connection breaks. So every listener is told null
/// ("anything may have happened, read anew") after each new subscription, once a second while no beat of ours comes
/// back, and now and then even when all seems well.
/// </remarks>
internal sealed class RedisNews : IDisposable
{
    private static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Beats in which everybody is told once to read anew, a part at each.</summary>
    private const int ReadAnewParts = 60;

    private static readonly RedisScript Publish = new("return redis.call('PUBLISH', ARGV[1], ARGV[2])");

    private readonly RedisConnection _redis;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Watchers<string, string?> _listeners = new();
    private readonly HashSet<string> _subscribed = [];
    private readonly string _beatChannel;
    private readonly string _beatKey;
    private RedisNode? _home;
    private long _heardAt = Stopwatch.GetTimestamp();
    private long _beatAt = Stopwatch.GetTimestamp();
    private int _lost = 1;

    public RedisNews(RedisConnection redis)
    {
        _redis = redis;
        var prefix = redis.Options.Prefix;
        _beatChannel = $"{prefix}:beat:{Guid.NewGuid():N}";
        _beatKey = $"{prefix}:{{beat}}";
        _ = ListenAsync();
    }

    /// <summary>Listens to a channel.</summary>
    /// <param name="channel">Begins with the prefix.</param>
    /// <param name="told">The message, or null: messages may have been missed.</param>
    /// <returns>Ends it.</returns>
    public IDisposable Listen(string channel, Action<string?> told)
    {
        var watch = _listeners.Add(channel, told);
        _wanted.Release();
        return new Ending(() =>
        {
            watch.Dispose();
            _wanted.Release();
        });
    }

    /// <summary>Servers came, went or lost their subscriptions.</summary>
    public void ServersChanged()
    {
        Interlocked.Exchange(ref _lost, 1);
        _wanted.Release();
    }

    public void Dispose() => _stop.Cancel();

    private async Task ListenAsync()
    {
        var beat = 0;
        try
        {
            while (true)
            {
                await _wanted.WaitAsync(BeatInterval, _stop.Token);
                while (_wanted.Wait(0, CancellationToken.None))
                {
                    // One round serves all who asked.
                }

                await KeepSubscribedAsync();
                if (Stopwatch.GetElapsedTime(Volatile.Read(ref _beatAt)) >= BeatInterval)
                {
                    Volatile.Write(ref _beatAt, Stopwatch.GetTimestamp());
                    await BeatAsync(beat++);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    /// <summary>Subscribes at one server to every channel that somebody listens to.</summary>
    private async Task KeepSubscribedAsync()
    {
        var home = _redis.AnyNode();
        var lost = Interlocked.Exchange(ref _lost, 0) == 1;
        if (home != _home || lost)
        {
            _home = home;
            _subscribed.Clear();
        }

        if (home is null)
        {
            return;
        }

        string[] wanted = [_beatChannel, .. _listeners.Subjects];
        string[] missing = [.. wanted.Where(channel => !_subscribed.Contains(channel))];
        string[] needless = [.. _subscribed.Except(wanted)];
        try
        {
            await Task.WhenAll([
                    .. missing.Select(channel => home.SubscribeAsync(channel, text => Hear(channel, text))),
                    .. needless.Select(home.UnsubscribeAsync),
                ])
                .WaitAsync(SubscribeTimeout, _stop.Token);
        }
        catch (Exception error)
            when (error is StackExchange.Redis.RedisException or TimeoutException or ObjectDisposedException)
        {
            Interlocked.Exchange(ref _lost, 1);
            return;
        }

        _subscribed.ExceptWith(needless);
        foreach (var channel in missing)
        {
            _subscribed.Add(channel);
            _listeners.Tell(channel, null);
        }
    }

    private void Hear(string channel, string text)
    {
        Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
        _listeners.Tell(channel, text);
    }

    /// <summary>Publishes to itself; while that does not come back, messages of others may not either.</summary>
    private async Task BeatAsync(int beat)
    {
        try
        {
            await _redis.EvaluateAsync(Publish, [_beatKey], [_beatChannel, "beat"], _stop.Token);
        }
        catch (Domain.RoomStoreUnavailableException)
        {
            return;
        }

        var isDeaf = Stopwatch.GetElapsedTime(Volatile.Read(ref _heardAt)) > SilenceMax;
        if (isDeaf)
        {
            Interlocked.Exchange(ref _lost, 1);
        }

        foreach (var (index, channel) in _listeners.Subjects.Index())
        {
            if (isDeaf || index % ReadAnewParts == beat % ReadAnewParts)
            {
                _listeners.Tell(channel, null);
            }
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
