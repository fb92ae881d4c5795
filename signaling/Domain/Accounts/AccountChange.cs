namespace Spaces.Signaling.Domain.Accounts;

/// <summary>What to write of an account. Null leaves a field as it is; an empty text forgets it.</summary>
public sealed record AccountChange(
    Identity Identity,
    string? Name = null,
    string? Avatar = null,
    int? Followers = null,
    string? Country = null,
    string? Platform = null
)
{
    /// <returns>Null when the change may be made; else a sentence that names the field.</returns>
    public string? Problem() =>
        RoomText.Problem("identity", Identity.Value, Identity.LengthMax)
        ?? Checked(Name, name => RoomText.Problem("name", name, RoomText.NameLengthMax))
        ?? Checked(Avatar, avatar => AccountText.AvatarProblem("avatar_url", avatar))
        ?? (Followers < 0 ? "followers is below 0. Give the number of followers." : null)
        ?? Checked(Country, country => Countries.Problem("country", country))
        ?? Checked(Platform, platform => AccountText.PlatformProblem("platform", platform));

    private static string? Checked(string? value, Func<string, string?> problem) =>
        string.IsNullOrEmpty(value) ? null : problem(value);
}
