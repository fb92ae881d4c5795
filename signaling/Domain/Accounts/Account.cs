namespace Spaces.Signaling.Domain.Accounts;

/// <summary>
/// What the operator's own system says about somebody. Null where it says nothing: then what the person's access token
/// claims counts.
/// </summary>
/// <param name="Identity">The <c>sub</c> of the person's access tokens.</param>
/// <param name="Name">Shown to people, 1-100 characters.</param>
/// <param name="Avatar">An https URL of a picture.</param>
/// <param name="Followers">How many follow the account, as the operator counts; from 0.</param>
/// <param name="Country">ISO 3166-1, two capitals.</param>
/// <param name="Platform">What the person uses, such as ios; see <see cref="AccountText"/>.</param>
public sealed record Account(
    Identity Identity,
    string? Name = null,
    string? Avatar = null,
    int? Followers = null,
    string? Country = null,
    string? Platform = null
)
{
    /// <summary>This account after <paramref name="change"/>, field by field.</summary>
    public Account With(AccountChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with
        {
            Name = Changed(Name, change.Name),
            Avatar = Changed(Avatar, change.Avatar),
            Followers = change.Followers ?? Followers,
            Country = Changed(Country, change.Country?.ToUpperInvariant()),
            Platform = Changed(Platform, change.Platform?.ToLowerInvariant()),
        };
    }

    private static string? Changed(string? present, string? change) =>
        change switch
        {
            null => present,
            "" => null,
            _ => change,
        };
}
