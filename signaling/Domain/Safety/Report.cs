namespace Spaces.Signaling.Domain.Safety;

/// <summary>Where a report is. The numbers are those of the protocol and of stored reports.</summary>
public enum ReportState
{
    Open = 1,
    InReview = 2,
    Closed = 3,
}

/// <summary>What comes of a report. The numbers are those of the protocol and of stored reports.</summary>
public enum ReportDecision
{
    None = 0,
    NoAction = 1,
    Warning = 2,

    /// <summary>Put out of the room for its life.</summary>
    Removed = 3,
    Suspended = 4,
    Takedown = 5,
}

/// <summary>What somebody reported, and what came of it.</summary>
/// <param name="Reporter">The identity of who reported.</param>
/// <param name="At">When.</param>
/// <param name="About">The account's identity; null: the room as such.</param>
/// <param name="Room">The room's id; null: none.</param>
/// <param name="RoomTitle">Its title then.</param>
/// <param name="Category">A number of the protocol's ReportCategory.</param>
/// <param name="Text">The reporter's words.</param>
public sealed record Report(
    string Reporter,
    DateTimeOffset At,
    string? About,
    string? Room,
    string RoomTitle,
    int Category,
    string Text
)
{
    public const int TextLengthMax = 1_000;

    public ReportState State { get; init; } = ReportState.Open;

    public string? AssignedTo { get; init; }

    public ReportDecision Decision { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string Note { get; init; } = "";

    /// <summary>Why this cannot be decided so; null: it can.</summary>
    public RoomRefusal? Refusal(ReportDecision decision) =>
        State == ReportState.Closed
            ? new RoomRefusal(RefusalCode.FailedPrecondition, "The report is closed. Its decision stands.")
        : About is null && decision is ReportDecision.Warning or ReportDecision.Removed or ReportDecision.Suspended
            ? Lacking("account")
        : Room is null && decision == ReportDecision.Removed ? Lacking("Space")
        : null;

    private static RoomRefusal Lacking(string what) =>
        new(RefusalCode.FailedPrecondition, $"The report names no {what} to carry this out on. Decide otherwise.");
}
