using System.Collections.Immutable;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;

namespace Spaces.Signaling.Server.Safety;

/// <summary>The takedown orders that hold, with their names, in memory.</summary>
internal sealed class TakedownMirror(IRecordStore store)
{
    private readonly TakedownBook _book = new(store);

    private readonly RecordMirror<StoredOrderTerm> _terms = new(
        store,
        TakedownBook.TermKind,
        new RecordJson<StoredOrderTerm>(SafetyJson.Default.StoredOrderTerm, schema: 1),
        term => term.Ends
    );

    private ImmutableDictionary<string, TakedownOrder> _orders = ImmutableDictionary<string, TakedownOrder>.Empty;

    public ImmutableArray<TakedownOrder> Current { get; private set; } = [];

    public IDisposable Watch(Action hinted) => _terms.Watch(hinted);

    public void Expect(string id) => _terms.Expect(id);

    public void Doubt() => _terms.Doubt();

    /// <returns>True when other orders hold than before.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        await _terms.RefreshAsync(cancellationToken);
        var next = _orders.RemoveRange(_orders.Keys.Where(id => !_terms.Current.ContainsKey(id)));
        foreach (var id in _terms.Current.Keys.Where(id => !_orders.ContainsKey(id)))
        {
            if (await _book.ReadAsync(id, cancellationToken) is { } order)
            {
                next = next.Add(id, order);
            }
        }

        if (ReferenceEquals(next, _orders))
        {
            return false;
        }

        (_orders, Current) = (next, [.. next.Values.OrderBy(order => order.Id, StringComparer.Ordinal)]);
        return true;
    }
}
