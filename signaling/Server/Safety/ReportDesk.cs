using System.Collections.Immutable;
using System.Globalization;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Store;
using ReportState = Spaces.Signaling.Domain.Safety.ReportState;

namespace Spaces.Signaling.Server.Safety;

/// <summary>A report and its id.</summary>
internal sealed record FiledReport(string Id, Report Report);

/// <summary>Takes reports in, with what happened around them, and keeps the queue of those that wait.</summary>
/// <remarks>
/// The queue is a name for each report in the partition of its state. A name is written before the report takes that
/// state, and removed after it left it; one that was left behind is passed over and removed by whoever reads the list.
/// </remarks>
internal sealed class ReportDesk(IRecordStore store, IRoomStore rooms, TimeProvider time)
{
    public const int EventsMax = 200;
    private const int ReportsPerMinute = 10;

    private readonly RateLimiter _limit = new(RateLimit.PerMinute(ReportsPerMinute), time);

    private readonly Records<Report> _reports = new(
        store,
        "report",
        new RecordJson<Report>(SafetyJson.Default.Report, schema: 1)
    );

    private readonly Records<StoredEvidence> _evidence = new(
        store,
        "report-evidence",
        new RecordJson<StoredEvidence>(SafetyJson.Default.StoredEvidence, schema: 1)
    );

    private readonly Records<StoredQueueEntry> _queue = new(
        store,
        "report-queue",
        new RecordJson<StoredQueueEntry>(SafetyJson.Default.StoredQueueEntry, schema: 1)
    );

    /// <returns>Null when it can be filed; else a sentence that names the field.</returns>
    public static string? Problem(V1.ReportRequest request) =>
        request is { Identity: "", RoomId: "" } ? "identity and room_id are empty. Give at least one of them."
        : request.Identity.Length > 0
        && RoomText.Problem("identity", request.Identity, Identity.LengthMax) is { } problem
            ? problem
        : request.RoomId.Length > 0 && !RoomId.TryParse(request.RoomId, out _) ? "room_id is not the id of a Space."
        : request.Category == V1.ReportCategory.Unspecified || !Enum.IsDefined(request.Category)
            ? "category is missing or unknown. Give one, such as REPORT_CATEGORY_SPAM."
        : RoomText.ProseProblem("text", request.Text, Report.TextLengthMax);

    /// <returns>The id of the report.</returns>
    public async Task<Outcome<string>> FileAsync(
        Identity reporter,
        V1.ReportRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!_limit.TryTake(reporter.Value, out var retryAfter))
        {
            return new Refusal(
                StatusCode.ResourceExhausted,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"You report too often. Try again in {Math.Ceiling(retryAfter.TotalSeconds):0} s."
                ),
                retryAfter
            );
        }

        Room? room = null;
        if (request.RoomId.Length > 0)
        {
            room = await rooms.LoadAsync(new RoomId(request.RoomId), cancellationToken);
            if (room is null)
            {
                return Refusal.NoSuchRoom;
            }
        }

        var now = time.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.UtcTicks:D19}-{RandomIds.Next()}");
        var report = new Report(
            reporter.Value,
            now,
            request.Identity.Length > 0 ? request.Identity : null,
            room?.Id.Value,
            room?.Title ?? "",
            (int)request.Category,
            request.Text
        );
        if (room is not null)
        {
            var evidence = await EvidenceAsync(room, cancellationToken);
            await _evidence.TrySaveAsync(id, RecordKey.Only, 0, evidence, lifetime: null, cancellationToken);
        }

        await EnqueueAsync(id, ReportState.Open, cancellationToken);
        await _reports.TrySaveAsync(RecordKey.Only, id, 0, report, lifetime: null, cancellationToken);
        return id;
    }

    public async Task<FiledReport?> FindAsync(string id, CancellationToken cancellationToken) =>
        RecordKey.IsName(id) && await _reports.FindAsync(RecordKey.Only, id, cancellationToken) is { } found
            ? new FiledReport(id, found.Value)
            : null;

    /// <summary>What the report keeps of its room; null: it names none.</summary>
    public async Task<StoredEvidence?> EvidenceOfAsync(string id, CancellationToken cancellationToken) =>
        (await _evidence.FindAsync(id, RecordKey.Only, cancellationToken))?.Value;

    /// <summary>A page of those in one state, oldest first.</summary>
    public async Task<(ImmutableArray<FiledReport> Page, string? Last, bool IsWhole)> ListAsync(
        ReportState state,
        string? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var names = await _queue.ListAsync(NameOf(state), after, count, cancellationToken);
        var keys = names.Select(name => _reports.Key(RecordKey.Only, name.Key.Id)).ToArray();
        var found = await _reports.FindManyAsync(keys, cancellationToken);
        var page = ImmutableArray.CreateBuilder<FiledReport>();
        foreach (var (name, report) in names.Zip(found))
        {
            if (report?.Value.State == state)
            {
                page.Add(new FiledReport(name.Key.Id, report.Value));
            }
        }

        return (page.ToImmutable(), names.LastOrDefault()?.Key.Id, names.Length == count);
    }

    /// <summary>Changes a report, unless it is refused.</summary>
    /// <param name="id">Which.</param>
    /// <param name="change">May be called several times.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Outcome<FiledReport>> ChangeAsync(
        string id,
        Func<Report, (Report Next, RoomRefusal? Refusal)> change,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            if (
                !RecordKey.IsName(id)
                || await _reports.FindAsync(RecordKey.Only, id, cancellationToken) is not { } found
            )
            {
                return new Refusal(StatusCode.NotFound, "There is no such report. Check report_id.");
            }

            var (next, refusal) = change(found.Value);
            if (refusal is not null)
            {
                return Refusal.Of(refusal);
            }

            await EnqueueAsync(id, next.State, cancellationToken);
            if (!await _reports.TrySaveAsync(RecordKey.Only, id, found.Version, next, null, cancellationToken))
            {
                continue;
            }

            if (next.State != found.Value.State)
            {
                await _queue.DeleteAsync(NameOf(found.Value.State), id, cancellationToken);
            }

            return new FiledReport(id, next);
        }
    }

    private async Task EnqueueAsync(string id, ReportState state, CancellationToken cancellationToken) =>
        await _queue.TrySaveAsync(NameOf(state), id, 0, new StoredQueueEntry(), lifetime: null, cancellationToken);

    private async Task<StoredEvidence> EvidenceAsync(Room room, CancellationToken cancellationToken)
    {
        ImmutableArray<NumberedEvent>? events = null;
        for (var count = EventsMax; events is null && count > 0; count /= 2) // As many as are kept.
        {
            events = await rooms.ReadEventsAsync(room.Id, Math.Max(0, room.Version - count), cancellationToken);
        }

        return new StoredEvidence(
            RoomLogText.Write(room),
            [.. (events ?? []).TakeLast(EventsMax).Select(RoomLogText.Write)]
        );
    }

    private static string NameOf(ReportState state) =>
        state switch
        {
            ReportState.Open => "open",
            ReportState.InReview => "in-review",
            ReportState.Closed => "closed",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Unknown state."),
        };
}
