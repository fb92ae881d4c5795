using System.Collections.Concurrent;
using System.Collections.Immutable;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Safety;

/// <summary>All records of one kind in memory, following every change on any node.</summary>
/// <remarks>
/// Of records that end by themselves the store tells nobody: they are looked at again with every refresh. Refreshes
/// come one after the other.
/// </remarks>
/// <param name="store">Where the records are, in the partition <see cref="RecordKey.Only"/>.</param>
/// <param name="kind">Theirs.</param>
/// <param name="json">Their form.</param>
/// <param name="ends">Whether a record ends by itself.</param>
internal sealed class RecordMirror<T>(IRecordStore store, string kind, RecordJson<T> json, Func<T, bool> ends)
    where T : class
{
    private const int PageSize = 500;

    private readonly Records<T> _records = new(store, kind, json);
    private readonly ConcurrentQueue<string> _hints = new();
    private volatile bool _isWhole;

    /// <summary>By id; empty before the first refresh.</summary>
    public ImmutableDictionary<string, T> Current { get; private set; } = ImmutableDictionary<string, T>.Empty;

    public Records<T> Records => _records;

    /// <summary>Takes hints for the next refresh, and tells of each.</summary>
    public IDisposable Watch(Action hinted) =>
        _records.Watch(key =>
        {
            if (key is { Partition: RecordKey.Only } changed)
            {
                _hints.Enqueue(changed.Id);
            }
            else
            {
                _isWhole = false;
            }

            hinted();
        });

    /// <summary>The next refresh reads this one: it was changed here, and the hint may still be on its way.</summary>
    public void Expect(string id) => _hints.Enqueue(id);

    /// <summary>The next refresh reads everything.</summary>
    public void Doubt() => _isWhole = false;

    /// <returns>True when something is other than before.</returns>
    /// <exception cref="RoomStoreUnavailableException">Nothing changed here; hints are kept.</exception>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var before = Current;
        Current = _isWhole ? await UpdateAsync(cancellationToken) : await ReadAllAsync(cancellationToken);
        return !ReferenceEquals(before, Current);
    }

    private async Task<ImmutableDictionary<string, T>> ReadAllAsync(CancellationToken cancellationToken)
    {
        _isWhole = true;
        _hints.Clear();
        try
        {
            var all = ImmutableDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
            string? after = null;
            while (true)
            {
                var page = await _records.ListAsync(RecordKey.Only, after, PageSize, cancellationToken);
                foreach (var record in page)
                {
                    all[record.Key.Id] = record.Value;
                }

                if (page.Length < PageSize)
                {
                    return all.ToImmutable();
                }

                after = page[^1].Key.Id;
            }
        }
        catch
        {
            _isWhole = false;
            throw;
        }
    }

    private async Task<ImmutableDictionary<string, T>> UpdateAsync(CancellationToken cancellationToken)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        while (_hints.TryDequeue(out var hint))
        {
            wanted.Add(hint);
        }

        wanted.UnionWith(Current.Where(record => ends(record.Value)).Select(record => record.Key));
        var next = Current;
        try
        {
            foreach (var ids in wanted.Chunk(PageSize))
            {
                var keys = ids.Select(id => _records.Key(RecordKey.Only, id)).ToArray();
                var found = await _records.FindManyAsync(keys, cancellationToken);
                foreach (var (id, record) in ids.Zip(found))
                {
                    next = With(next, id, record?.Value);
                }
            }
        }
        catch
        {
            _isWhole = false;
            throw;
        }

        return next;
    }

    private static ImmutableDictionary<string, T> With(ImmutableDictionary<string, T> records, string id, T? value) =>
        value is null ? records.Remove(id)
        : records.TryGetValue(id, out var before) && before.Equals(value) ? records
        : records.SetItem(id, value);
}
