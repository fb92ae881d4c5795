using System.Collections.Immutable;

namespace Spaces.Signaling.Domain.Safety;

/// <summary>How a list of countries is meant. The numbers are those of the protocol.</summary>
public enum CountryListMode
{
    /// <summary>The service is open everywhere.</summary>
    OpenEverywhere = 0,

    /// <summary>Open in the listed countries only.</summary>
    OpenOnly = 1,

    /// <summary>Closed in the listed countries.</summary>
    Closed = 2,
}

/// <summary>In which countries the operator offers the service.</summary>
public sealed record ServiceCountries(CountryListMode Mode, ImmutableHashSet<string> Countries, string Notice)
{
    private const string NoticeOtherwise = "The service is not open in your country.";

    public static ServiceCountries Everywhere { get; } = new(CountryListMode.OpenEverywhere, [], "");

    /// <summary>Null for somebody of a country where the service is open.</summary>
    /// <param name="country">Null: unknown.</param>
    public RoomRefusal? Refusal(string? country)
    {
        var isOpen = Mode switch
        {
            CountryListMode.OpenEverywhere => true,
            CountryListMode.OpenOnly => country is not null && Countries.Contains(country),
            CountryListMode.Closed => country is null || !Countries.Contains(country),
            _ => throw new InvalidOperationException($"{Mode} is no way to mean a list."),
        };
        return isOpen
            ? null
            : new RoomRefusal(RefusalCode.PermissionDenied, Notice.Length > 0 ? Notice : NoticeOtherwise);
    }
}
