using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;
using Spaces.Signaling.Server.Admin;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Accounts;

/// <summary>People by request: parse, authorize, hand over, map. No rule lives here.</summary>
internal sealed class AccountGrpcService(
    Callers callers,
    AccountBook accounts,
    FollowBook follows,
    StagedCapabilities capabilities,
    NoticeBoard notices,
    FeedbackBox feedback,
    InvitationCodes codes,
    AccountRemoval removal,
    ActionLimits limits
) : AccountService.AccountServiceBase
{
    private const int OwnCodesMax = 1_000;

    public override async Task<UpsertAccountResponse> UpsertAccount(
        UpsertAccountRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        Callers.Check(AccountMessages.Problem(request.Account, "account", out var change));
        var account = await accounts.UpsertAsync(change, context.CancellationToken);
        return new UpsertAccountResponse { Account = AccountMessages.Of(account) };
    }

    public override async Task<BulkUpsertAccountsResponse> BulkUpsertAccounts(
        BulkUpsertAccountsRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        Callers.Check(BulkWriter.Problem("accounts", request.Accounts.Count));
        var changes = new List<AccountChange>(request.Accounts.Count);
        foreach (var (i, account) in request.Accounts.Index())
        {
            Callers.Check(AccountMessages.Problem(account, $"accounts[{i}]", out var change));
            changes.Add(change);
        }

        AccountChange[] merged = [.. BulkWriter.Merge(changes)];
        await BulkWriter.WriteAsync(
            merged,
            async (change, cancellation) => await accounts.UpsertAsync(change, cancellation),
            context.CancellationToken
        );
        return new BulkUpsertAccountsResponse { Written = (uint)merged.Length };
    }

    public override async Task<GetAccountResponse> GetAccount(GetAccountRequest request, ServerCallContext context)
    {
        var identity = callers.AuthenticateFor(request.Identity, "identity", context);
        var account =
            await accounts.FindAsync(identity, context.CancellationToken)
            ?? throw Callers.Error(StatusCode.NotFound, "Nothing was written about this account.");
        return new GetAccountResponse { Account = AccountMessages.Of(account) };
    }

    public override async Task<DeleteAccountResponse> DeleteAccount(
        DeleteAccountRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        var identity = Callers.CheckIdentity(request.Identity, "identity");
        var followsRemoved = await removal.RemoveAsync(identity, context.CancellationToken);
        return new DeleteAccountResponse { FollowsRemoved = (uint)followsRemoved };
    }

    public override async Task<SetFollowResponse> SetFollow(SetFollowRequest request, ServerCallContext context)
    {
        callers.AuthenticateOperator(context);
        CheckFollow(request.Follow, "follow");
        await WriteAsync(request.Follow, context.CancellationToken);
        return new SetFollowResponse();
    }

    public override async Task<BulkSetFollowsResponse> BulkSetFollows(
        BulkSetFollowsRequest request,
        ServerCallContext context
    )
    {
        callers.AuthenticateOperator(context);
        Callers.Check(BulkWriter.Problem("follows", request.Follows.Count));
        foreach (var (i, follow) in request.Follows.Index())
        {
            CheckFollow(follow, $"follows[{i}]");
        }

        Follow[] last =
        [
            .. request.Follows.GroupBy(follow => (follow.Follower, follow.Followee)).Select(pair => pair.Last()),
        ];
        await BulkWriter.WriteAsync(last, WriteAsync, context.CancellationToken);
        return new BulkSetFollowsResponse { Written = (uint)last.Length };
    }

    public override async Task<ListFollowingResponse> ListFollowing(
        ListFollowingRequest request,
        ServerCallContext context
    )
    {
        var identity = callers.AuthenticateFor(request.Identity, "identity", context);
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = ReadPosition(request.PageToken);
        var page = await accounts.FollowingAsync(identity, after, size, context.CancellationToken);
        return new ListFollowingResponse
        {
            Identities = { page.Select(followee => followee.Value) },
            NextPageToken = OpaquePageToken.After(page.LastOrDefault().Value, page.Length == size),
        };
    }

    public override async Task<ListFollowersResponse> ListFollowers(
        ListFollowersRequest request,
        ServerCallContext context
    )
    {
        var identity = callers.AuthenticateFor(request.Identity, "identity", context);
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = ReadPosition(request.PageToken);
        var page = await accounts.FollowersAsync(identity, after, size, context.CancellationToken);
        return new ListFollowersResponse
        {
            Identities = { page.Select(follower => follower.Value) },
            NextPageToken = OpaquePageToken.After(page.LastOrDefault().Value, page.Length == size),
        };
    }

    public override async Task<ListCapabilitiesResponse> ListCapabilities(
        ListCapabilitiesRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        var all = await capabilities.AllAsync(token.Facts, context.CancellationToken);
        return new ListCapabilitiesResponse
        {
            Capabilities = { all.Select(each => CapabilityMessages.Of(each.Capability, each.Verdict)) },
        };
    }

    public override async Task<ListNoticesResponse> ListNotices(ListNoticesRequest request, ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        return new ListNoticesResponse
        {
            Notices = { await notices.UnseenAsync(token.Facts, context.CancellationToken) },
        };
    }

    public override async Task<DismissNoticeResponse> DismissNotice(
        DismissNoticeRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        return await notices.DismissAsync(token.Identity, request.NoticeId, context.CancellationToken)
            ? new DismissNoticeResponse()
            : throw Callers.Error(StatusCode.NotFound, "There is no such notice. Dismiss one that ListNotices gave.");
    }

    public override async Task<GiveFeedbackResponse> GiveFeedback(
        GiveFeedbackRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        var capability = ReadCapability(request.Capability);
        Callers.Check(FeedbackBox.Problem(request.Rating, request.Text));
        Callers.Check(limits.Take(LimitedAction.Feedback, token.Identity, CallerAddress.Of(context)));
        var verdict = await capabilities.MayAsync(capability, token.Facts, context.CancellationToken);
        if (verdict.Refusal is { } refusal)
        {
            throw Callers.Error(refusal);
        }

        var id = await feedback.PutAsync(
            token.Identity,
            capability,
            verdict.Stage?.Name ?? "",
            (int)request.Rating,
            request.Text,
            context.CancellationToken
        );
        return new GiveFeedbackResponse { FeedbackId = id };
    }

    public override async Task<CreateInvitationCodeResponse> CreateInvitationCode(
        CreateInvitationCodeRequest request,
        ServerCallContext context
    )
    {
        var token = callers.Authenticate(context);
        var purpose = ReadPurpose(request.Purpose);
        var needed =
            purpose == InvitedTo.Hosting ? Domain.Capabilities.Capability.Host : Domain.Capabilities.Capability.Listen;
        if ((await capabilities.MayAsync(needed, token.Facts, context.CancellationToken)).Refusal is { } refusal)
        {
            throw Callers.Error(refusal);
        }

        var made =
            await codes.CreateOwnAsync(token.Identity, purpose, context.CancellationToken)
            ?? throw Callers.Error(StatusCode.FailedPrecondition, "You have no invitation codes left to give away.");
        return new CreateInvitationCodeResponse { Code = AccountMessages.Of(made.Code), Left = (uint)made.Left };
    }

    public override async Task<ListInvitationCodesResponse> ListInvitationCodes(
        ListInvitationCodesRequest request,
        ServerCallContext context
    )
    {
        var identity = callers.Authenticate(context).Identity;
        var page = await codes.ListAsync(identity.Value, after: null, OwnCodesMax, context.CancellationToken);
        var response = new ListInvitationCodesResponse { Codes = { page.Codes.Select(AccountMessages.Of) } };
        foreach (var purpose in new[] { InvitedTo.Registration, InvitedTo.Hosting })
        {
            var left = await codes.LeftAsync(identity, purpose, context.CancellationToken);
            response.Allowances.Add(
                new InvitationAllowance { Purpose = CapabilityMessages.Of(purpose), Left = (uint)left }
            );
        }

        return response;
    }

    public override async Task<RedeemInvitationCodeResponse> RedeemInvitationCode(
        RedeemInvitationCodeRequest request,
        ServerCallContext context
    )
    {
        var identity = callers.Authenticate(context).Identity;
        Callers.Check(limits.Take(LimitedAction.RedeemCode, identity, CallerAddress.Of(context)));
        var outcome = await codes.RedeemAsync(request.Code, identity, context.CancellationToken);
        return outcome.IsRefused(out var refusal, out var made)
            ? throw Callers.Error(refusal)
            : new RedeemInvitationCodeResponse { Purpose = CapabilityMessages.Of(made.State.To) };
    }

    internal static InvitedTo ReadPurpose(InvitationPurpose message) =>
        CapabilityMessages.TryRead(message, out var purpose)
            ? purpose
            : throw Callers.Error(
                StatusCode.InvalidArgument,
                "purpose is not set. Give INVITATION_PURPOSE_REGISTRATION or INVITATION_PURPOSE_HOSTING."
            );

    private static Domain.Capabilities.Capability ReadCapability(V1.Capability message) =>
        CapabilityMessages.TryRead(message, out var capability)
            ? capability
            : throw Callers.Error(
                StatusCode.InvalidArgument,
                "capability is not set. Give CAPABILITY_HOST, CAPABILITY_SPEAK or CAPABILITY_LISTEN."
            );

    private static Identity? ReadPosition(string pageToken) =>
        OpaquePageToken.Read(pageToken) is { } last ? new Identity(last) : null;

    private static void CheckFollow(Follow? follow, string field)
    {
        Callers.Check(follow is null ? $"{field} is missing." : null);
        var follower = Callers.CheckIdentity(follow!.Follower, $"{field}.follower");
        var followee = Callers.CheckIdentity(follow.Followee, $"{field}.followee");
        Callers.Check(follower == followee ? $"{field}.followee is the follower; nobody follows themselves." : null);
    }

    private ValueTask WriteAsync(Follow follow, CancellationToken cancellationToken) =>
        follows.SetAsync(
            new Identity(follow.Follower),
            new Identity(follow.Followee),
            follow.Following,
            cancellationToken
        );
}
