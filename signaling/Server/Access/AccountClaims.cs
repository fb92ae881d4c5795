using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Access;

/// <summary>
/// The claim <c>account</c>: what an application server says about the bearer, such as
/// <c>{"followers":600,"country":"DE","platform":"ios","avatar":"https://example.org/ada.png"}</c>. Every member may be
/// absent; one that is there must be right, for a rule would silently go against the bearer else.
/// </summary>
internal static class AccountClaims
{
    public static bool TryRead(
        JsonElement claims,
        Identity identity,
        out AccountFacts facts,
        [NotNullWhen(false)] out string? problem
    )
    {
        facts = new AccountFacts(identity);
        problem = null;
        if (!claims.TryGetProperty("account", out var account) || account.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (account.ValueKind != JsonValueKind.Object)
        {
            problem = "The claim account of the access token is not an object.";
            return false;
        }

        if (
            !TryFollowers(account, out var followers, out problem)
            || !TryText(account, "country", Countries.Problem, out var country, out problem)
            || !TryText(account, "platform", AccountText.PlatformProblem, out var platform, out problem)
            || !TryText(account, "avatar", AccountText.AvatarProblem, out var avatar, out problem)
        )
        {
            return false;
        }

        facts = new AccountFacts(identity, followers, country?.ToUpperInvariant(), platform?.ToLowerInvariant())
        {
            Avatar = avatar,
        };
        return true;
    }

    private static bool TryFollowers(JsonElement account, out int? followers, [NotNullWhen(false)] out string? problem)
    {
        followers = null;
        problem = null;
        if (!account.TryGetProperty("followers", out var claim) || claim.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (claim.ValueKind == JsonValueKind.Number && claim.TryGetInt32(out var count) && count >= 0)
        {
            followers = count;
            return true;
        }

        problem = $"The claim account.followers of the access token is not a whole number from 0 to {int.MaxValue}.";
        return false;
    }

    private static bool TryText(
        JsonElement account,
        string name,
        Func<string, string, string?> check,
        out string? text,
        [NotNullWhen(false)] out string? problem
    )
    {
        text = null;
        problem = null;
        if (!account.TryGetProperty(name, out var claim) || claim.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        var field = $"The claim account.{name} of the access token";
        problem = ClaimsReader.TryText(account, name, out text) ? check(field, text) : $"{field} is not a text.";
        return problem is null;
    }
}
