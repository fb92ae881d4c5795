using System.Text.Json.Nodes;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Safety;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Safety;

/// <summary>What a moderator makes of a report.</summary>
/// <param name="Decision">What is done.</param>
/// <param name="Note">Why.</param>
/// <param name="Until">Of a suspension: its end; null: until it is lifted.</param>
/// <param name="Lifetime">The same, from now.</param>
internal sealed record ReportVerdict(ReportDecision Decision, string Note, DateTimeOffset? Until, TimeSpan? Lifetime);

/// <summary>Carries out what moderators make of reports, each with a line in the audit record.</summary>
internal sealed class ReportDecisions(
    ReportDesk reports,
    SuspensionDesk suspensions,
    TakedownDesk takedowns,
    RoomDirectory rooms,
    AccountNotifications notifications,
    Audited audited,
    TimeProvider time
)
{
    public async Task<Outcome<FiledReport>> AssignAsync(
        Identity actor,
        string id,
        Identity moderator,
        CancellationToken cancellationToken
    )
    {
        Outcome<FiledReport> outcome = default;
        await audited.DoAsync(
            actor,
            "report.assign",
            id,
            new JsonObject { ["moderator"] = moderator.Value },
            async cancellation =>
                outcome = Checked(
                    await reports.ChangeAsync(
                        id,
                        report =>
                            (
                                report with
                                {
                                    State = ReportState.InReview,
                                    AssignedTo = moderator.Value,
                                },
                                report.Refusal(ReportDecision.NoAction)
                            ),
                        cancellation
                    )
                ),
            cancellationToken
        );
        return outcome;
    }

    /// <summary>Carries the decision out, and then closes the report: what failed can be decided again.</summary>
    public async Task<Outcome<FiledReport>> DecideAsync(
        Identity actor,
        string id,
        ReportVerdict verdict,
        CancellationToken cancellationToken
    )
    {
        Outcome<FiledReport> outcome = default;
        await audited.DoAsync(
            actor,
            "report.decide",
            id,
            new JsonObject { ["decision"] = verdict.Decision.ToString(), ["note"] = verdict.Note },
            async cancellation =>
            {
                var found = await reports.FindAsync(id, cancellation) ?? throw NotFound();
                if (found.Report.Refusal(verdict.Decision) is { } refusal)
                {
                    throw Callers.Error(refusal);
                }

                await CarryOutAsync(actor, found, verdict, cancellation);
                outcome = Checked(
                    await reports.ChangeAsync(
                        id,
                        report => (Decided(report, actor, verdict), report.Refusal(verdict.Decision)),
                        cancellation
                    )
                );
            },
            cancellationToken
        );
        return outcome;
    }

    private static RpcException NotFound() =>
        Callers.Error(StatusCode.NotFound, "There is no such report. Check report_id.");

    private static Outcome<FiledReport> Checked(Outcome<FiledReport> outcome) =>
        outcome.IsRefused(out var refusal, out _) ? throw Callers.Error(refusal) : outcome;

    private Report Decided(Report report, Identity actor, ReportVerdict verdict) =>
        report with
        {
            State = ReportState.Closed,
            AssignedTo = report.AssignedTo ?? actor.Value,
            Decision = verdict.Decision,
            DecidedBy = actor.Value,
            DecidedAt = time.GetUtcNow(),
            Note = verdict.Note,
        };

    private async Task CarryOutAsync(
        Identity actor,
        FiledReport filed,
        ReportVerdict verdict,
        CancellationToken cancellationToken
    )
    {
        var reason = verdict.Note.Length > 0 ? verdict.Note : "It broke the rules of this service.";
        switch (verdict.Decision)
        {
            case ReportDecision.Warning:
                Warn(filed, reason);
                break;
            case ReportDecision.Removed:
                await RemoveAsync(filed.Report, cancellationToken);
                break;
            case ReportDecision.Suspended:
                await suspensions.SuspendAsync(
                    actor,
                    new Identity(filed.Report.About!),
                    reason,
                    verdict.Until,
                    verdict.Lifetime,
                    cancellationToken
                );
                break;
            case ReportDecision.Takedown:
                var account = filed.Report.About;
                string[] accounts = account is null ? [] : [account];
                string[] named = account is null ? [filed.Report.Room!] : [];
                var order = new TakedownRequest($"Report {filed.Id}", reason, [], accounts, named, null, null);
                await takedowns.OrderAsync(actor, order, cancellationToken);
                break;
            case ReportDecision.None:
            case ReportDecision.NoAction:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(verdict), verdict.Decision, "Unknown decision.");
        }
    }

    private void Warn(FiledReport filed, string reason) =>
        notifications.Tell(
            new Identity(filed.Report.About!),
            new V1.Notification
            {
                Id = $"report-{filed.Id}",
                Notice = new V1.OperatorNotice
                {
                    NoticeId = $"report-{filed.Id}",
                    Title = "A warning from the moderators",
                    Text = reason,
                },
            }
        );

    private async Task RemoveAsync(Report report, CancellationToken cancellationToken)
    {
        var found = await rooms.FindLiveAsync(report.Room!, cancellationToken);
        if (found.IsRefused(out var refusal, out var room))
        {
            // A room that is over has nobody in it.
            _ = refusal.Code == StatusCode.Unavailable ? throw Callers.Error(refusal) : refusal;
            return;
        }

        var account = new Identity(report.About!);
        var name = room.Current.Stage.Find(account)?.Person.Name ?? Shortened(account.Value);
        Callers.Check(
            await room.ExecuteAsync(new RoomCommand.Ban(Actor.System, account, name, rooms.Now()), cancellationToken)
        );
    }

    private static string Shortened(string name) =>
        name.Length <= RoomText.NameLengthMax ? name : name[..RoomText.NameLengthMax];
}
