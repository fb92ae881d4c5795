namespace Spaces.Signaling.Store;

/// <summary>Who wants to be told of what.</summary>
/// <remarks>Any thread. Tells outside of its lock, so that whoever is told may watch and stop watching.</remarks>
internal sealed class Watchers<TSubject, TNews>
    where TSubject : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TSubject, Watch[]> _watches = [];

    /// <summary>What is watched.</summary>
    public TSubject[] Subjects
    {
        get
        {
            lock (_gate)
            {
                return [.. _watches.Keys];
            }
        }
    }

    /// <returns>Ends the watch.</returns>
    public IDisposable Add(TSubject subject, Action<TNews> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        var watch = new Watch(this, subject, tell);
        lock (_gate)
        {
            _watches[subject] = [.. _watches.GetValueOrDefault(subject) ?? [], watch];
        }

        return watch;
    }

    public void Tell(TSubject subject, TNews news)
    {
        Watch[]? watches;
        lock (_gate)
        {
            watches = _watches.GetValueOrDefault(subject);
        }

        foreach (var watch in watches ?? [])
        {
            watch.Tell(news);
        }
    }

    private void Remove(Watch watch)
    {
        lock (_gate)
        {
            if (!_watches.TryGetValue(watch.Subject, out var watches))
            {
                return;
            }

            watches = [.. watches.Where(other => other != watch)];
            if (watches.Length > 0)
            {
                _watches[watch.Subject] = watches;
            }
            else
            {
                _watches.Remove(watch.Subject);
            }
        }
    }

    private sealed class Watch(Watchers<TSubject, TNews> owner, TSubject subject, Action<TNews> tell) : IDisposable
    {
        public TSubject Subject { get; } = subject;

        public void Tell(TNews news) => tell(news);

        public void Dispose() => owner.Remove(this);
    }
}
