using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>A webhook; the key is its id.</summary>
internal sealed record StoredWebhook(
    string Url,
    string Secret,
    string[] Events,
    string CreatedBy,
    DateTimeOffset CreatedAt
);

/// <summary>A room whose events may not all be delivered yet; the key is its id.</summary>
internal sealed record StoredPending;

/// <summary>How far one webhook has the log of one room; the key says which.</summary>
internal sealed record StoredCursor(long Delivered);

/// <summary>Who delivers to one webhook of one room; gone when that node is.</summary>
internal sealed record StoredLease(string Owner);

[JsonSerializable(typeof(StoredWebhook))]
[JsonSerializable(typeof(StoredPending))]
[JsonSerializable(typeof(StoredCursor))]
[JsonSerializable(typeof(StoredLease))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class WebhookJson : JsonSerializerContext;
