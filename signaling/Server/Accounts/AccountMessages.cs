using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>Accounts and codes as the protocol has them.</summary>
internal static class AccountMessages
{
    public static V1.Account Of(Account account)
    {
        var message = new V1.Account { Identity = account.Identity.Value };
        if (account.Name is { } name)
        {
            message.Name = name;
        }

        if (account.Avatar is { } avatar)
        {
            message.AvatarUrl = avatar;
        }

        if (account.Followers is { } followers)
        {
            message.Followers = (uint)followers;
        }

        if (account.Country is { } country)
        {
            message.Country = country;
        }

        if (account.Platform is { } platform)
        {
            message.Platform = platform;
        }

        return message;
    }

    /// <param name="message">What somebody wants written; null: it is missing.</param>
    /// <param name="field">Where it stands in the request.</param>
    /// <param name="change">The same.</param>
    /// <returns>Null when it is fine; else a sentence that names the field.</returns>
    public static string? Problem(V1.Account? message, string field, out AccountChange change)
    {
        change = new AccountChange(new Identity(message?.Identity ?? ""));
        if (message is null)
        {
            return $"{field} is missing.";
        }

        if (message.Followers > int.MaxValue)
        {
            return $"{field}.followers is above {int.MaxValue}.";
        }

        change = change with
        {
            Name = message.HasName ? message.Name : null,
            Avatar = message.HasAvatarUrl ? message.AvatarUrl : null,
            Followers = message.HasFollowers ? (int)message.Followers : null,
            Country = message.HasCountry ? message.Country : null,
            Platform = message.HasPlatform ? message.Platform : null,
        };
        return change.Problem() is { } problem ? $"{field}.{problem}" : null;
    }

    public static V1.InvitationCode Of(MadeCode made)
    {
        var state = made.State;
        return new V1.InvitationCode
        {
            Code = InvitationCode.Format(made.Code),
            Purpose = CapabilityMessages.Of(state.To),
            CreatedBy = state.CreatedBy,
            CreatedAt = Timestamp.FromDateTimeOffset(state.CreatedAt),
            RedeemedBy = state.RedeemedBy ?? "",
            RedeemedAt = Of(state.RedeemedAt),
            Revoked = state.Revoked,
            Note = state.Note,
            ExpiresAt = Of(state.ExpiresAt),
        };
    }

    public static Timestamp? Of(DateTimeOffset? time) => time is { } given ? Timestamp.FromDateTimeOffset(given) : null;
}
