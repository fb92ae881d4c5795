namespace Spaces.Signaling.Domain.Accounts;

/// <summary>What is known of somebody when it is decided what they may do.</summary>
/// <param name="Identity">Who.</param>
/// <param name="Followers">Null: unknown.</param>
/// <param name="Country">Two capitals of ISO 3166-1; null: unknown.</param>
/// <param name="Platform">In small letters; null: unknown.</param>
public sealed record AccountFacts(
    Identity Identity,
    int? Followers = null,
    string? Country = null,
    string? Platform = null
)
{
    /// <summary>What the person redeemed an invitation code for.</summary>
    public InvitedTo InvitedTo { get; init; }

    /// <summary>A picture of the person; decides nothing.</summary>
    public string? Avatar { get; init; }

    /// <summary>These facts, and before each of them what the operator's own system wrote.</summary>
    public AccountFacts Under(Account? account) =>
        account is null
            ? this
            : this with
            {
                Followers = account.Followers ?? Followers,
                Country = account.Country ?? Country,
                Platform = account.Platform ?? Platform,
                Avatar = account.Avatar ?? Avatar,
            };
}
