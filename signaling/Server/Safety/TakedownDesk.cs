using System.Text.Json.Nodes;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Safety;

/// <summary>What is to be taken down. Checked.</summary>
/// <param name="CaseNumber">Of whoever ordered it.</param>
/// <param name="Notice">Shown to people.</param>
/// <param name="Countries">Two capitals each; none: everywhere.</param>
/// <param name="Accounts">Identities.</param>
/// <param name="Rooms">Ids of rooms.</param>
/// <param name="ExpiresAt">Null: when it is lifted.</param>
/// <param name="Lifetime">The same, from now.</param>
internal sealed record TakedownRequest(
    string CaseNumber,
    string Notice,
    string[] Countries,
    string[] Accounts,
    string[] Rooms,
    DateTimeOffset? ExpiresAt,
    TimeSpan? Lifetime
);

/// <summary>Gives and lifts takedown orders, and opens and closes countries: recorded, and in force when it
/// returns.</summary>
internal sealed class TakedownDesk(
    IRecordStore store,
    RestrictionsInForce restrictions,
    LiveEnforcement enforcement,
    RoomDirectory rooms,
    Audited audited,
    TimeProvider time
)
{
    public TakedownBook Book { get; } = new(store);

    public async Task<KeptOrder> OrderAsync(
        Identity actor,
        TakedownRequest request,
        CancellationToken cancellationToken
    )
    {
        var order = new StoredOrder(
            request.CaseNumber,
            request.Notice,
            request.Countries,
            actor.Value,
            time.GetUtcNow(),
            request.ExpiresAt,
            LiftedAt: null,
            request.Accounts.Length,
            request.Rooms.Length
        );
        var details = new JsonObject
        {
            ["notice"] = request.Notice,
            ["countries"] = string.Join(',', request.Countries),
            ["accounts"] = request.Accounts.Length,
            ["rooms"] = request.Rooms.Length,
            ["expiresAt"] = request.ExpiresAt,
        };
        var id = "";
        await audited.DoAsync(
            actor,
            "takedown.order",
            request.CaseNumber,
            details,
            async cancellation =>
            {
                id = await Book.AddAsync(order, request.Accounts, request.Rooms, request.Lifetime, cancellation);
                await restrictions.RefreshAsync(id, cancellation);
                await EndNamedAsync(request, cancellation);
                await enforcement.SweepAsync(cancellation);
            },
            cancellationToken
        );
        return new KeptOrder(id, order, InForce: true);
    }

    /// <returns>False when it does not hold any more.</returns>
    public async Task<bool> LiftAsync(Identity actor, KeptOrder order, CancellationToken cancellationToken)
    {
        var lifted = false;
        await audited.DoAsync(
            actor,
            "takedown.lift",
            order.Order.CaseNumber,
            new JsonObject { ["order"] = order.Id },
            async cancellation =>
            {
                lifted = await Book.LiftAsync(order.Id, time.GetUtcNow(), cancellation);
                await restrictions.RefreshAsync(order.Id, cancellation);
            },
            cancellationToken
        );
        return lifted;
    }

    public Task SetCountriesAsync(Identity actor, ServiceCountries service, CancellationToken cancellationToken) =>
        audited.DoAsync(
            actor,
            "service-countries.set",
            target: "",
            new JsonObject
            {
                ["mode"] = service.Mode.ToString(),
                ["countries"] = string.Join(',', service.Countries.Order(StringComparer.Ordinal)),
                ["notice"] = service.Notice,
            },
            async cancellation =>
            {
                await restrictions.ServiceCountries.UpdateAsync(
                    RecordKey.Only,
                    RecordKey.Only,
                    _ => new StoredServiceCountries(service.Mode, [.. service.Countries], service.Notice),
                    lifetime: null,
                    cancellation
                );
                await restrictions.RefreshServiceAsync(cancellation);
                await enforcement.SweepAsync(cancellation);
            },
            cancellationToken
        );

    /// <summary>Rooms that no node looks after are ended here; every node ends those it looks after.</summary>
    private async Task EndNamedAsync(TakedownRequest request, CancellationToken cancellationToken)
    {
        foreach (var id in request.Countries.Length == 0 ? request.Rooms : [])
        {
            if ((await rooms.FindLiveAsync(id, cancellationToken)).Value is { } room)
            {
                var end = new RoomCommand.End(Actor.System, rooms.Now(), RoomEndReason.TakenDown);
                await room.ExecuteAsync(end, cancellationToken);
            }
        }
    }
}
