using System.Collections.Immutable;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Domain.Safety;

/// <summary>
/// Everything the operator forbids at one moment: suspensions, takedown orders, closed countries. Immutable and without
/// I/O; asked at every door, and again and again of everybody inside.
/// </summary>
public sealed class Restrictions
{
    private readonly ImmutableDictionary<string, Suspension> _suspensions;
    private readonly ImmutableArray<TakedownOrder> _orders;
    private readonly ServiceCountries _service;
    private readonly Dictionary<Identity, ImmutableArray<TakedownOrder>> _byAccount = [];
    private readonly Dictionary<RoomId, ImmutableArray<TakedownOrder>> _byRoom = [];

    /// <param name="suspensions">By identity.</param>
    /// <param name="orders">Those that hold.</param>
    /// <param name="service">Where the service is open.</param>
    public Restrictions(
        ImmutableDictionary<string, Suspension> suspensions,
        ImmutableArray<TakedownOrder> orders,
        ServiceCountries service
    )
    {
        ArgumentNullException.ThrowIfNull(service);
        (_suspensions, _orders, _service) = (suspensions, orders, service);
        foreach (var order in orders)
        {
            AddTo(_byAccount, order.Accounts, order);
            AddTo(_byRoom, order.Rooms, order);
        }
    }

    public static Restrictions None { get; } =
        new(ImmutableDictionary<string, Suspension>.Empty, [], ServiceCountries.Everywhere);

    /// <summary>Nothing is forbidden to anybody.</summary>
    public bool IsEmpty => _suspensions.IsEmpty && _orders.IsEmpty && _service.Mode == CountryListMode.OpenEverywhere;

    /// <summary>Whether anything here depends on where people are.</summary>
    public bool AsksForCountries =>
        _service.Mode != CountryListMode.OpenEverywhere || _orders.Any(order => !order.IsWorldWide);

    /// <summary>Why somebody may not use the service at all; null: they may.</summary>
    public RoomRefusal? Refusal(AccountFacts who)
    {
        ArgumentNullException.ThrowIfNull(who);
        if (_suspensions.TryGetValue(who.Identity.Value, out var suspension))
        {
            return new RoomRefusal(
                RefusalCode.PermissionDenied,
                $"This account is suspended: {suspension.Reason} Ask the operator if you think this is a mistake."
            );
        }

        return OrderOn(who.Identity, who.Country)?.Refusal ?? _service.Refusal(who.Country);
    }

    /// <summary>Why somebody may not be in a room, as it is now; null: they may.</summary>
    public RoomRefusal? Refusal(Room room, AccountFacts who)
    {
        ArgumentNullException.ThrowIfNull(room);
        ArgumentNullException.ThrowIfNull(who);
        if (Refusal(who) is { } refusal)
        {
            return refusal;
        }

        if (_orders.IsEmpty)
        {
            return null;
        }

        var order = Holding(_byRoom.GetValueOrDefault(room.Id), who.Country) ?? OrderOn(room.Host, who.Country);
        if (order is not null || _byAccount.Count == 0)
        {
            return order?.Refusal;
        }

        return room
            .Stage.Where(member => member.MaySpeak)
            .Select(member => OrderOn(member.Person.Identity, who.Country))
            .FirstOrDefault(found => found is not null)
            ?.Refusal;
    }

    /// <summary>Why a room may not be any more, for anybody; null: it may.</summary>
    public RoomEndReason? EndReason(Room room)
    {
        ArgumentNullException.ThrowIfNull(room);
        if (IsWorldWide(_byRoom.GetValueOrDefault(room.Id)) || IsWorldWide(_byAccount.GetValueOrDefault(room.Host)))
        {
            return RoomEndReason.TakenDown;
        }

        return _suspensions.ContainsKey(room.Host.Value) ? RoomEndReason.Suspended : null;
    }

    private static bool IsWorldWide(ImmutableArray<TakedownOrder> orders) =>
        !orders.IsDefault && orders.Any(order => order.IsWorldWide);

    private TakedownOrder? OrderOn(Identity account, string? country) =>
        Holding(_byAccount.GetValueOrDefault(account), country);

    private static TakedownOrder? Holding(ImmutableArray<TakedownOrder> orders, string? country) =>
        orders.IsDefault ? null : orders.FirstOrDefault(order => order.HoldsIn(country));

    private static void AddTo<TKey>(
        Dictionary<TKey, ImmutableArray<TakedownOrder>> index,
        ImmutableArray<TKey> names,
        TakedownOrder order
    )
        where TKey : notnull
    {
        foreach (var name in names)
        {
            index[name] = index.TryGetValue(name, out var before) ? before.Add(order) : [order];
        }
    }
}
