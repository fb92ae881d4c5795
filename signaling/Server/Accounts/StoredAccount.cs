using System.Text.Json;
using System.Text.Json.Serialization;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>What the operator's own system wrote of an account; the key says which.</summary>
internal sealed record StoredAccount(string? Name, string? Avatar, int? Followers, string? Country, string? Platform);

/// <summary>One account follows another; the key says which.</summary>
internal sealed record StoredFollow;

/// <summary>What an account is invited to.</summary>
internal sealed record StoredInvited(InvitedTo To);

/// <summary>A code that invites somebody.</summary>
internal sealed record StoredCode(
    InvitedTo To,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    string Note,
    DateTimeOffset? ExpiresAt,
    string? RedeemedBy,
    DateTimeOffset? RedeemedAt,
    bool Revoked
);

/// <summary>That a code was made; the key says which and by whom.</summary>
internal sealed record StoredCodeEntry;

/// <summary>How many codes an account made, and how many it may make beyond what the rules give everybody.</summary>
internal sealed record StoredAllowance(int Extra, int Made);

/// <summary>What somebody thinks of a capability.</summary>
internal sealed record StoredFeedback(string Identity, string Stage, int Rating, string Text, DateTimeOffset At);

/// <summary>That somebody gave feedback; the key says who and which.</summary>
internal sealed record StoredFeedbackEntry(string Capability);

/// <summary>That somebody saw a notice; the key says who and which.</summary>
internal sealed record StoredSeen;

[JsonSerializable(typeof(StoredAccount))]
[JsonSerializable(typeof(StoredFollow))]
[JsonSerializable(typeof(StoredInvited))]
[JsonSerializable(typeof(StoredCode))]
[JsonSerializable(typeof(StoredCodeEntry))]
[JsonSerializable(typeof(StoredAllowance))]
[JsonSerializable(typeof(StoredFeedback))]
[JsonSerializable(typeof(StoredFeedbackEntry))]
[JsonSerializable(typeof(StoredSeen))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class AccountJson : JsonSerializerContext;
