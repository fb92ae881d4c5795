namespace Spaces.Signaling.Server.Cluster;

/// <summary>How often signaling nodes speak to each other through what they share.</summary>
/// <param name="Lease">A node that did not renew it, by the store's clock, is dead: its people are adopted.</param>
/// <param name="Beat">Between two renewals.</param>
/// <param name="Tick">Between two looks at what changed here and has to be written.</param>
/// <param name="Look">Between two looks at the log and the counts of a room when nobody hints at anything.</param>
/// <param name="GhostAge">Somebody on stage whom no node has known for so long has left.</param>
/// <param name="AnswerMax">How long to wait for another node to put a decision into force.</param>
internal sealed record ClusterTimings(
    TimeSpan Lease,
    TimeSpan Beat,
    TimeSpan Tick,
    TimeSpan Look,
    TimeSpan GhostAge,
    TimeSpan AnswerMax
)
{
    public static ClusterTimings Default { get; } =
        new(
            Lease: TimeSpan.FromSeconds(4),
            Beat: TimeSpan.FromSeconds(1),
            Tick: TimeSpan.FromMilliseconds(50),
            Look: TimeSpan.FromSeconds(2),
            GhostAge: TimeSpan.FromSeconds(10),
            AnswerMax: TimeSpan.FromSeconds(1)
        );
}
