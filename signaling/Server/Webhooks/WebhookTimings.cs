namespace Spaces.Signaling.Server.Webhooks;

/// <summary>How patient with webhooks.</summary>
/// <param name="AnswerMax">A webhook answers within this.</param>
/// <param name="Lease">Who delivers keeps the others away for so long, by the clock of the store; longer than an
/// answer may take.</param>
/// <param name="BackoffMin">Before the first repetition; twice as long before each next one.</param>
/// <param name="BackoffMax">At most so long.</param>
/// <param name="ScanEvery">How often to look for rooms that a node left behind.</param>
internal sealed record WebhookTimings(
    TimeSpan AnswerMax,
    TimeSpan Lease,
    TimeSpan BackoffMin,
    TimeSpan BackoffMax,
    TimeSpan ScanEvery
)
{
    public static WebhookTimings Default { get; } =
        new(
            TimeSpan.FromSeconds(10),
            TimeSpan.FromSeconds(30),
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(5),
            TimeSpan.FromSeconds(20)
        );

    public TimeSpan Backoff(int failures)
    {
        var doubled = BackoffMin * Math.Pow(2, Math.Min(failures - 1, 30));
        return doubled < BackoffMax ? doubled : BackoffMax;
    }
}
