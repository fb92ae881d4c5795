using System.Collections.Immutable;

namespace Spaces.Signaling.Domain.Safety;

/// <summary>An order that holds: accounts and rooms that are taken down, everywhere or in some countries.</summary>
/// <param name="Id">Names it.</param>
/// <param name="CaseNumber">Of whoever ordered it.</param>
/// <param name="Notice">Shown to whoever is refused because of it.</param>
/// <param name="Countries">Where it holds; empty: everywhere.</param>
/// <param name="Accounts">Whom it names.</param>
/// <param name="Rooms">What it names.</param>
public sealed record TakedownOrder(
    string Id,
    string CaseNumber,
    string Notice,
    ImmutableHashSet<string> Countries,
    ImmutableArray<Identity> Accounts,
    ImmutableArray<RoomId> Rooms
)
{
    public bool IsWorldWide => Countries.IsEmpty;

    /// <summary>What whoever is refused because of it is told.</summary>
    public RoomRefusal Refusal => new(RefusalCode.PermissionDenied, $"{Notice} (Case {CaseNumber}.)");

    /// <summary>Whether it concerns people of a country; one that is unknown is concerned world-wide only.</summary>
    public bool HoldsIn(string? country) => IsWorldWide || (country is not null && Countries.Contains(country));
}
