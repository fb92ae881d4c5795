using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Admin;

/// <summary>Something that somebody decided.</summary>
/// <param name="Id">Sorts the newest first.</param>
/// <param name="At">By the clock of the node that was asked.</param>
/// <param name="Actor">The <c>sub</c> of their token.</param>
/// <param name="Action">Such as <c>capability-rules.set</c>.</param>
/// <param name="Target">To whom or what; may be empty.</param>
/// <param name="Details">A JSON object.</param>
internal sealed record AuditEntry(
    string Id,
    DateTimeOffset At,
    string Actor,
    string Action,
    string Target,
    string Details
);

/// <summary>The record of who decided what. Entries are only ever added.</summary>
/// <remarks>
/// Append before doing what the entry says, so that nothing is done without one; and a second entry where it then came
/// to nothing. Every method may throw <see cref="RoomStoreUnavailableException"/>.
/// </remarks>
internal sealed class AuditLog(IRecordStore store, TimeProvider time)
{
    private readonly Records<StoredAuditEntry> _entries = new(
        store,
        "audit",
        new RecordJson<StoredAuditEntry>(AuditJson.Default.StoredAuditEntry, schema: 1)
    );

    /// <returns>The id of the new entry.</returns>
    public async ValueTask<string> AppendAsync(
        Identity actor,
        string action,
        string target,
        JsonObject details,
        CancellationToken cancellationToken
    )
    {
        var at = time.GetUtcNow();
        var entry = new StoredAuditEntry(at, actor.Value, action, target, details.ToJsonString(AuditJson.Readable));
        while (true)
        {
            var id = $"{NewestFirst(at)}-{RandomIds.Next()}";
            if (await _entries.TrySaveAsync(RecordKey.Only, id, 0, entry, lifetime: null, cancellationToken))
            {
                return id;
            }
        }
    }

    /// <summary>A page, newest first.</summary>
    /// <param name="afterId">The last of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<ImmutableArray<AuditEntry>> ListAsync(
        string? afterId,
        int count,
        CancellationToken cancellationToken
    )
    {
        var page = await _entries.ListAsync(RecordKey.Only, afterId, count, cancellationToken);
        return [.. page.Select(record => Read(record.Key.Id, record.Value))];
    }

    /// <summary>A moment as a text of which the later sorts first.</summary>
    internal static string NewestFirst(DateTimeOffset at) =>
        (DateTimeOffset.MaxValue.Ticks - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);

    private static AuditEntry Read(string id, StoredAuditEntry stored) =>
        new(id, stored.At, stored.Actor, stored.Action, stored.Target, stored.Details);
}

/// <summary>As it is stored; the key holds the id.</summary>
internal sealed record StoredAuditEntry(DateTimeOffset At, string Actor, string Action, string Target, string Details);

[JsonSerializable(typeof(StoredAuditEntry))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>For people who read it; it goes into no page of HTML.</summary>
    public static JsonSerializerOptions Readable { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
