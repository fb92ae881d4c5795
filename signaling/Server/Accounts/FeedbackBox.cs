using System.Globalization;
using System.Runtime.CompilerServices;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>What somebody thinks of a capability.</summary>
internal sealed record Feedback(string Id, Capability Capability, StoredFeedback Content);

/// <summary>Keeps what people inside a stage think of it.</summary>
/// <remarks>Every method may throw <see cref="RoomStoreUnavailableException"/>.</remarks>
internal sealed class FeedbackBox(IRecordStore store, TimeProvider time)
{
    public const int TextLengthMax = 2000;
    public const int RatingMax = 5;

    private const int PageSize = 200;

    private readonly Records<StoredFeedback> _feedback = new(
        store,
        "feedback",
        new RecordJson<StoredFeedback>(AccountJson.Default.StoredFeedback, schema: 1)
    );

    private readonly Records<StoredFeedbackEntry> _entries = new(
        store,
        "feedback-of",
        new RecordJson<StoredFeedbackEntry>(AccountJson.Default.StoredFeedbackEntry, schema: 1)
    );

    /// <returns>Null when it can be kept; else a sentence that names the field.</returns>
    public static string? Problem(uint rating, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (rating is < 1 or > RatingMax)
        {
            return $"rating is {rating}. Give 1-{RatingMax}.";
        }

        // Line breaks are fine here, other control characters are not.
        var oneLine = text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ');
        return text.Trim().Length == 0 ? null : RoomText.Problem("text", oneLine, TextLengthMax);
    }

    /// <returns>Names the feedback.</returns>
    public async ValueTask<string> PutAsync(
        Identity identity,
        Capability capability,
        string stage,
        int rating,
        string text,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.UtcTicks:D19}-{RandomIds.Next()}");
        var content = new StoredFeedback(identity.Value, stage, rating, text.Trim(), now);
        var entry = new StoredFeedbackEntry(CapabilityText.NameOf(capability));
        await _entries.TrySaveAsync(identity.Value, id, 0, entry, lifetime: null, cancellationToken);
        await _feedback.TrySaveAsync(entry.Capability, id, 0, content, lifetime: null, cancellationToken);
        return id;
    }

    /// <summary>Everything of one capability, oldest first.</summary>
    public async IAsyncEnumerable<Feedback> ReadAllAsync(
        Capability capability,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? after = null;
        while (true)
        {
            var page = await _feedback.ListAsync(CapabilityText.NameOf(capability), after, PageSize, cancellationToken);
            foreach (var record in page)
            {
                yield return new Feedback(record.Key.Id, capability, record.Value);
            }

            if (page.Length < PageSize)
            {
                yield break;
            }

            after = page[^1].Key.Id;
        }
    }

    /// <summary>Forgets what somebody said.</summary>
    public async ValueTask DeleteOfAsync(Identity identity, CancellationToken cancellationToken)
    {
        while (await _entries.ListAsync(identity.Value, null, PageSize, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var entry in page)
            {
                await _feedback.DeleteAsync(entry.Value.Capability, entry.Key.Id, cancellationToken);
                await _entries.DeleteAsync(identity.Value, entry.Key.Id, cancellationToken);
            }
        }
    }
}
