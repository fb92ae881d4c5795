using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Admin;

/// <summary>What operators decide, by request: parse, authorize, record, hand over. No rule lives here.</summary>
internal sealed class AdminGrpcService(
    Callers callers,
    AccountBook accounts,
    RulesInForce rulesInForce,
    InvitationCodes codes,
    Exports exports,
    Audited audited,
    AuditLog audit,
    TimeProvider time
) : AdminService.AdminServiceBase
{
    private const int CodesMax = 1_000;
    private const int NoteLengthMax = 200;
    private const int MoreMax = 1_000;

    /// <summary>A page of the audit record ends early when it grows beyond this many characters.</summary>
    private const int AuditPageLengthMax = 1024 * 1024;

    public override async Task<GetCapabilityRulesResponse> GetCapabilityRules(
        GetCapabilityRulesRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        var rules = await rulesInForce.ReadAsync(context.CancellationToken);
        return new GetCapabilityRulesResponse
        {
            Rules = rules.Message,
            Version = (ulong)rules.Version,
            ChangedBy = rules.ChangedBy,
            ChangedAt = AccountMessages.Of(rules.ChangedAt),
        };
    }

    public override async Task<SetCapabilityRulesResponse> SetCapabilityRules(
        SetCapabilityRulesRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        CheckRules(request.Rules);
        var before = await rulesInForce.ReadAsync(context.CancellationToken);
        var changed = new Status(
            StatusCode.Aborted,
            $"The rules are of version {before.Version} by now. Read them again, and decide again."
        );
        if (before.Version != (long)request.ExpectedVersion)
        {
            throw new RpcException(changed);
        }

        var details = new JsonObject
        {
            ["version"] = before.Version + 1,
            ["before"] = JsonNode.Parse(JsonFormatter.Default.Format(before.Message)),
            ["after"] = JsonNode.Parse(JsonFormatter.Default.Format(request.Rules)),
        };
        await audited.DoAsync(
            actor,
            "capability-rules.set",
            target: "",
            details,
            async cancellation =>
            {
                if (!await rulesInForce.TrySetAsync(request.Rules, before.Version, actor, cancellation))
                {
                    throw new RpcException(changed);
                }
            },
            context.CancellationToken
        );
        return new SetCapabilityRulesResponse { Version = (ulong)before.Version + 1 };
    }

    public override async Task<CheckCapabilitiesResponse> CheckCapabilities(
        CheckCapabilitiesRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        Callers.Check(AccountMessages.Problem(request.Account, "account", out var change));
        var rules = request.Rules is null
            ? (await rulesInForce.ReadAsync(context.CancellationToken)).Rules
            : CheckRules(request.Rules);
        var stored = await accounts.FindAsync(change.Identity, context.CancellationToken);
        var account = (stored ?? new Domain.Accounts.Account(change.Identity)).With(change);
        var facts = await accounts.FactsAsync(new AccountFacts(change.Identity), context.CancellationToken);
        var judged = StagedCapabilities.Decide(rules, facts.Under(account), time.GetUtcNow());
        return new CheckCapabilitiesResponse
        {
            Capabilities = { judged.Select(each => CapabilityMessages.Of(each.Capability, each.Verdict)) },
        };
    }

    public override async Task<CreateInvitationCodesResponse> CreateInvitationCodes(
        CreateInvitationCodesRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var purpose = AccountGrpcService.ReadPurpose(request.Purpose);
        Callers.Check(request.Count is 0 or > CodesMax ? $"count is {request.Count}. Give 1-{CodesMax}." : null);
        Callers.Check(request.Note.Length == 0 ? null : RoomText.Problem("note", request.Note, NoteLengthMax));
        var expiresAt = ReadExpiry(request.ExpiresAt);
        var details = new JsonObject
        {
            ["purpose"] = purpose.ToString(),
            ["count"] = request.Count,
            ["note"] = request.Note,
            ["expiresAt"] = expiresAt,
        };
        var response = new CreateInvitationCodesResponse();
        await audited.DoAsync(
            actor,
            "invitation-codes.create",
            target: "",
            details,
            async cancellation =>
            {
                for (var i = 0; i < request.Count; i++)
                {
                    var code = await codes.CreateAsync(
                        purpose,
                        InvitationCodes.Operator,
                        request.Note,
                        expiresAt,
                        cancellation
                    );
                    response.Codes.Add(AccountMessages.Of(code));
                }
            },
            context.CancellationToken
        );
        return response;
    }

    public override async Task<ListCreatedCodesResponse> ListCreatedCodes(
        ListCreatedCodesRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        var by = request.CreatedBy.Length == 0 ? "" : Callers.CheckIdentity(request.CreatedBy, "created_by").Value;
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = OpaquePageToken.Read(request.PageToken);
        var page = await codes.ListAsync(by, after, size, context.CancellationToken);
        return new ListCreatedCodesResponse
        {
            Codes = { page.Codes.Select(AccountMessages.Of) },
            NextPageToken = OpaquePageToken.After(page.Last, page.IsWhole),
        };
    }

    public override async Task<RevokeInvitationCodeResponse> RevokeInvitationCode(
        RevokeInvitationCodeRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var shown = Accounts.InvitationCode.TryParse(request.Code, out var code)
            ? Accounts.InvitationCode.Format(code)
            : "(no code)";
        MadeCode? revoked = null;
        await audited.DoAsync(
            actor,
            "invitation-code.revoke",
            shown,
            [],
            async cancellation => revoked = Value(await codes.RevokeAsync(request.Code, cancellation)),
            context.CancellationToken
        );
        return new RevokeInvitationCodeResponse { Code = AccountMessages.Of(revoked!) };
    }

    public override async Task<AdjustInvitationAllowanceResponse> AdjustInvitationAllowance(
        AdjustInvitationAllowanceRequest request,
        ServerCallContext context
    )
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var identity = Callers.CheckIdentity(request.Identity, "identity");
        var purpose = AccountGrpcService.ReadPurpose(request.Purpose);
        var isFine = request.More is not 0 and >= -MoreMax and <= MoreMax;
        Callers.Check(isFine ? null : $"more is {request.More}. Give -{MoreMax} to {MoreMax}, and not 0.");
        var left = 0;
        await audited.DoAsync(
            actor,
            "invitation-allowance.adjust",
            identity.Value,
            new JsonObject { ["purpose"] = purpose.ToString(), ["more"] = request.More },
            async cancellation => left = await codes.AdjustAsync(identity, purpose, request.More, cancellation),
            context.CancellationToken
        );
        return new AdjustInvitationAllowanceResponse { Left = (uint)left };
    }

    public override async Task<SetInvitedResponse> SetInvited(SetInvitedRequest request, ServerCallContext context)
    {
        var actor = callers.AuthenticateOperator(context).Identity;
        var identity = Callers.CheckIdentity(request.Identity, "identity");
        var purpose = AccountGrpcService.ReadPurpose(request.Purpose);
        await audited.DoAsync(
            actor,
            "invited.set",
            identity.Value,
            new JsonObject { ["purpose"] = purpose.ToString(), ["invited"] = request.Invited },
            async cancellation => await accounts.SetInvitedAsync(identity, purpose, request.Invited, cancellation),
            context.CancellationToken
        );
        return new SetInvitedResponse();
    }

    public override Task ExportFeedback(
        ExportFeedbackRequest request,
        IServerStreamWriter<ExportFeedbackResponse> responseStream,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        return exports.FeedbackAsync(
            request,
            piece => responseStream.WriteAsync(new ExportFeedbackResponse { Data = piece }, context.CancellationToken),
            context.CancellationToken
        );
    }

    public override async Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context)
    {
        callers.AuthenticateOperator(context);
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = OpaquePageToken.Read(request.PageToken);
        var page = await audit.ListAsync(after, size, context.CancellationToken);
        var response = new ListAuditResponse();
        var length = 0;
        foreach (var entry in page.TakeWhile(_ => length < AuditPageLengthMax))
        {
            length += entry.Details.Length;
            response.Entries.Add(Describe(entry));
        }

        var isWhole = page.Length == size || response.Entries.Count < page.Length;
        response.NextPageToken = OpaquePageToken.After(response.Entries.LastOrDefault()?.Id, isWhole);
        return response;
    }

    public override Task ExportAudit(
        ExportAuditRequest request,
        IServerStreamWriter<ExportAuditResponse> responseStream,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        return exports.AuditAsync(
            request,
            piece => responseStream.WriteAsync(new ExportAuditResponse { Data = piece }, context.CancellationToken),
            context.CancellationToken
        );
    }

    private static Domain.Capabilities.CapabilityRules CheckRules(CapabilityRules? rules)
    {
        Callers.Check(rules is null ? "rules are missing. Give all of them; without any, everything is open." : null);
        return RulesReader.TryRead(rules!, out var read, out var problem)
            ? read
            : throw Callers.Error(StatusCode.InvalidArgument, problem);
    }

    private DateTimeOffset? ReadExpiry(Timestamp? expiresAt)
    {
        if (expiresAt is null)
        {
            return null;
        }

        if (!Timestamps.TryRead(expiresAt, out var expiry) || expiry <= time.GetUtcNow())
        {
            throw Callers.Error(StatusCode.InvalidArgument, "expires_at is not a time to come.");
        }

        return expiry;
    }

    private static V1.AuditEntry Describe(AuditEntry entry) =>
        new()
        {
            Id = entry.Id,
            At = Timestamp.FromDateTimeOffset(entry.At),
            Actor = entry.Actor,
            Action = entry.Action,
            Target = entry.Target,
            Details = entry.Details,
        };

    private static T Value<T>(Outcome<T> outcome)
        where T : class => outcome.IsRefused(out var refusal, out var value) ? throw Callers.Error(refusal) : value;
}
