using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spaces.Signaling.Server.Invitations;

/// <summary>An invitation in an inbox; the key says whose inbox, and which invitation.</summary>
internal sealed record StoredInvitation(
    string RoomId,
    string RoomTitle,
    string From,
    string FromName,
    string Text,
    bool ToSpeak,
    DateTimeOffset SentAt
);

[JsonSerializable(typeof(StoredInvitation))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class InvitationJson : JsonSerializerContext;
