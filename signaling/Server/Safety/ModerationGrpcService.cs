using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;
using ReportState = Spaces.V1.ReportState;
using States = Spaces.Signaling.Domain.Safety.ReportState;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Moderators' decisions by request: parse, authorize, hand over. No rule lives here.</summary>
internal sealed class ModerationGrpcService(
    Callers callers,
    ReportDesk reports,
    ReportDecisions decisions,
    SuspensionDesk suspensions,
    RestrictionsInForce restrictions,
    TimeProvider time
) : ModerationService.ModerationServiceBase
{
    public override async Task<ListReportsResponse> ListReports(ListReportsRequest request, ServerCallContext context)
    {
        callers.AuthenticateModerator(context);
        var state = request.State switch
        {
            ReportState.Unspecified or ReportState.Open => States.Open,
            ReportState.InReview => States.InReview,
            ReportState.Closed => States.Closed,
            _ => throw Callers.Error(StatusCode.InvalidArgument, "state is unknown. Give one of 0-3."),
        };
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = OpaquePageToken.Read(request.PageToken);
        var (page, last, isWhole) = await reports.ListAsync(state, after, size, context.CancellationToken);
        return new ListReportsResponse
        {
            Reports = { page.Select(SafetyMessages.Of) },
            NextPageToken = OpaquePageToken.After(last, isWhole),
        };
    }

    public override async Task<GetReportResponse> GetReport(GetReportRequest request, ServerCallContext context)
    {
        callers.AuthenticateModerator(context);
        var found =
            await reports.FindAsync(request.ReportId, context.CancellationToken)
            ?? throw Callers.Error(StatusCode.NotFound, "There is no such report. Check report_id.");
        var evidence = await reports.EvidenceOfAsync(found.Id, context.CancellationToken);
        return new GetReportResponse
        {
            Report = SafetyMessages.Of(found),
            RoomState = evidence?.RoomState ?? "",
            Events = { evidence?.Events ?? [] },
        };
    }

    public override async Task<AssignReportResponse> AssignReport(
        AssignReportRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateModerator(context).Identity;
        var moderator = request.Moderator.Length == 0 ? actor : Callers.CheckIdentity(request.Moderator, "moderator");
        var report = await decisions.AssignAsync(actor, request.ReportId, moderator, context.CancellationToken);
        return new AssignReportResponse { Report = SafetyMessages.Of(Value(report)) };
    }

    public override async Task<DecideReportResponse> DecideReport(
        DecideReportRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateModerator(context).Identity;
        var isKnown = request.Decision != ReportDecision.Unspecified && System.Enum.IsDefined(request.Decision);
        Callers.Check(isKnown ? null : "decision is missing or unknown. Give one, such as REPORT_DECISION_NO_ACTION.");
        Callers.Check(RoomText.ProseProblem("note", request.Note, Moderators.NoteLengthMax));
        var lifetime = Moderators.ReadEnd(request.Until, "until", time.GetUtcNow(), out var until);
        var verdict = new ReportVerdict((Domain.Safety.ReportDecision)request.Decision, request.Note, until, lifetime);
        var report = await decisions.DecideAsync(actor, request.ReportId, verdict, context.CancellationToken);
        return new DecideReportResponse { Report = SafetyMessages.Of(Value(report)) };
    }

    public override async Task<SuspendAccountResponse> SuspendAccount(
        SuspendAccountRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateModerator(context).Identity;
        var identity = Callers.CheckIdentity(request.Identity, "identity");
        Callers.Check(RoomText.Problem("reason", request.Reason, Moderators.ReasonLengthMax));
        var lifetime = Moderators.ReadEnd(request.Until, "until", time.GetUtcNow(), out var until);
        var suspension = await suspensions.SuspendAsync(
            actor,
            identity,
            request.Reason,
            until,
            lifetime,
            context.CancellationToken
        );
        return new SuspendAccountResponse { Suspension = SafetyMessages.Of(identity.Value, suspension) };
    }

    public override async Task<LiftSuspensionResponse> LiftSuspension(
        LiftSuspensionRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateModerator(context).Identity;
        var identity = Callers.CheckIdentity(request.Identity, "identity");
        Callers.Check(RoomText.ProseProblem("note", request.Note, Moderators.ReasonLengthMax));
        await suspensions.LiftAsync(actor, identity, request.Note, context.CancellationToken);
        return new LiftSuspensionResponse();
    }

    public override async Task<ListSuspensionsResponse> ListSuspensions(
        ListSuspensionsRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateModerator(context);
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = OpaquePageToken.Read(request.PageToken);
        var page = await restrictions.Suspensions.ListAsync(RecordKey.Only, after, size, context.CancellationToken);
        return new ListSuspensionsResponse
        {
            Suspensions = { page.Select(record => SafetyMessages.Of(record.Key.Id, record.Value)) },
            NextPageToken = OpaquePageToken.After(page.LastOrDefault()?.Key.Id, page.Length == size),
        };
    }

    private static FiledReport Value(Outcome<FiledReport> outcome) =>
        outcome.IsRefused(out var refusal, out var report) ? throw Callers.Error(refusal) : report;
}
