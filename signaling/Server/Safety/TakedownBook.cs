using System.Collections.Immutable;
using System.Globalization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>An order as it is kept, and whether it holds.</summary>
internal sealed record KeptOrder(string Id, StoredOrder Order, bool InForce);

/// <summary>Keeps takedown orders for good, those that hold no more too.</summary>
/// <remarks>
/// An order is its names in parts, then the order, then its term: it holds for as long as the store has the term, which
/// the store ends by its own clock. A write that was cut off leaves an order that never held.
/// </remarks>
internal sealed class TakedownBook(IRecordStore store)
{
    public const string TermKind = "takedown-term";

    private const int NamesOfPart = 500;
    private const int PartsMax = 64;

    private readonly Records<StoredOrder> _orders = new(
        store,
        "takedown",
        new RecordJson<StoredOrder>(SafetyJson.Default.StoredOrder, schema: 1)
    );

    private readonly Records<StoredOrderNames> _names = new(
        store,
        "takedown-names",
        new RecordJson<StoredOrderNames>(SafetyJson.Default.StoredOrderNames, schema: 1)
    );

    private readonly Records<StoredOrderTerm> _terms = new(
        store,
        TermKind,
        new RecordJson<StoredOrderTerm>(SafetyJson.Default.StoredOrderTerm, schema: 1)
    );

    /// <param name="order">What is ordered.</param>
    /// <param name="accounts">Identities.</param>
    /// <param name="rooms">Ids of rooms.</param>
    /// <param name="lifetime">Null: until it is lifted.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The id of the order, which holds.</returns>
    public async Task<string> AddAsync(
        StoredOrder order,
        IReadOnlyCollection<string> accounts,
        IReadOnlyCollection<string> rooms,
        TimeSpan? lifetime,
        CancellationToken cancellationToken
    )
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{order.At.UtcTicks:D19}-{RandomIds.Next()}");
        var parts = accounts
            .Chunk(NamesOfPart)
            .Select(part => new StoredOrderNames(part, []))
            .Concat(rooms.Chunk(NamesOfPart).Select(part => new StoredOrderNames([], part)));
        foreach (var (index, part) in parts.Index())
        {
            var name = index.ToString("D4", CultureInfo.InvariantCulture);
            await _names.TrySaveAsync(id, name, 0, part, lifetime: null, cancellationToken);
        }

        await _orders.TrySaveAsync(RecordKey.Only, id, 0, order, lifetime: null, cancellationToken);
        var term = new StoredOrderTerm(lifetime is not null);
        await _terms.TrySaveAsync(RecordKey.Only, id, 0, term, lifetime, cancellationToken);
        return id;
    }

    public async Task<KeptOrder?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!RecordKey.IsName(id) || await _orders.FindAsync(RecordKey.Only, id, cancellationToken) is not { } found)
        {
            return null;
        }

        var term = await _terms.FindAsync(RecordKey.Only, id, cancellationToken);
        return new KeptOrder(id, found.Value, term is not null);
    }

    /// <summary>An order with its names; null: there is none.</summary>
    public async Task<TakedownOrder?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (await _orders.FindAsync(RecordKey.Only, id, cancellationToken) is not { Value: var order })
        {
            return null;
        }

        var parts = await _names.ListAsync(id, null, PartsMax, cancellationToken);
        return new TakedownOrder(
            id,
            order.CaseNumber,
            order.Notice,
            [.. order.Countries],
            [.. parts.SelectMany(part => part.Value.Accounts).Select(account => new Identity(account))],
            [.. parts.SelectMany(part => part.Value.Rooms).Select(room => new RoomId(room))]
        );
    }

    /// <returns>False when it did not hold any more.</returns>
    public async Task<bool> LiftAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await _terms.FindAsync(RecordKey.Only, id, cancellationToken) is null)
        {
            return false;
        }

        await _orders.UpdateAsync(
            RecordKey.Only,
            id,
            order => order is { LiftedAt: null } ? order with { LiftedAt = at } : order,
            lifetime: null,
            cancellationToken
        );
        return await _terms.DeleteAsync(RecordKey.Only, id, cancellationToken);
    }

    /// <summary>A page, oldest first.</summary>
    public async Task<ImmutableArray<KeptOrder>> ListAsync(
        string? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var page = await _orders.ListAsync(RecordKey.Only, after, count, cancellationToken);
        var keys = page.Select(order => _terms.Key(RecordKey.Only, order.Key.Id)).ToArray();
        var terms = await _terms.FindManyAsync(keys, cancellationToken);
        return [.. page.Zip(terms, (order, term) => new KeptOrder(order.Key.Id, order.Value, term is not null))];
    }
}
