using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>When each session of a worker wants to be called next. No timer objects.</summary>
/// <remarks>
/// Deadlines mostly move later (every check renews consent), so an entry is left where it is and the session is asked
/// again when it comes up; only a deadline that moves earlier adds an entry. Not thread-safe: the worker owns it.
/// </remarks>
/// <typeparam name="T">A session.</typeparam>
internal sealed class DeadlineQueue<T>
    where T : class, IHasDeadline
{
    private readonly PriorityQueue<T, Instant> _queue = new();

    /// <summary>When the first entry comes up, or null when there is none.</summary>
    public Instant? Next => _queue.TryPeek(out _, out var due) ? due : null;

    /// <summary>Call after anything that may have moved the item's deadline.</summary>
    public void Update(T item)
    {
        if (item.NextTimeout is { } deadline && (item.QueuedFor is not { } queued || deadline < queued))
        {
            item.QueuedFor = deadline;
            _queue.Enqueue(item, deadline);
        }
    }

    /// <summary>The next item whose deadline has come; entries that are out of date are passed over.</summary>
    public bool TryDequeueDue(Instant now, out T item)
    {
        while (_queue.TryPeek(out item!, out var due) && due <= now)
        {
            _queue.Dequeue();
            if (item.QueuedFor != due)
            {
                continue;
            }

            item.QueuedFor = null;
            if (item.NextTimeout <= now)
            {
                return true;
            }

            Update(item);
        }

        return false;
    }
}
