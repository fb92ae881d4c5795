using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Blocks and reports by request: parse, authorize, hand over. No rule lives here.</summary>
internal sealed class SafetyGrpcService(Callers callers, BlockBook blocks, ReportDesk reports)
    : SafetyService.SafetyServiceBase
{
    public override async Task<BlockAccountResponse> BlockAccount(
        BlockAccountRequest request,
        ServerCallContext context
    )
    {
        var me = Authenticate(context).Identity;
        var other = Callers.CheckIdentity(request.Identity, "identity");
        Callers.Check(other == me ? "identity is your own. Give somebody else's." : null);
        Callers.Check(await blocks.BlockAsync(me, other, context.CancellationToken));
        return new BlockAccountResponse();
    }

    public override async Task<UnblockAccountResponse> UnblockAccount(
        UnblockAccountRequest request,
        ServerCallContext context
    )
    {
        var me = Authenticate(context).Identity;
        var other = Callers.CheckIdentity(request.Identity, "identity");
        await blocks.UnblockAsync(me, other, context.CancellationToken);
        return new UnblockAccountResponse();
    }

    public override async Task<ListBlocksResponse> ListBlocks(ListBlocksRequest request, ServerCallContext context)
    {
        var me = Authenticate(context).Identity;
        var size = OpaquePageToken.PageSize(request.PageSize);
        var after = OpaquePageToken.Read(request.PageToken);
        var list = await blocks.GetAsync(me, context.CancellationToken);
        var page = list
            .Blocked.SkipWhile(each => after is not null && string.CompareOrdinal(each.Key, after) <= 0)
            .Take(size)
            .ToArray();
        return new ListBlocksResponse
        {
            Blocks =
            {
                page.Select(each => new BlockedAccount { Identity = each.Key, BlockedAt = each.Value.ToTimestamp() }),
            },
            NextPageToken = OpaquePageToken.After(page.LastOrDefault().Key, page.Length == size),
        };
    }

    public override async Task<ReportResponse> Report(ReportRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        Callers.Check(ReportDesk.Problem(request));
        if (request.RoomId.Length > 0 && !token.Grants.Covers(new RoomId(request.RoomId)))
        {
            throw Callers.Error(StatusCode.PermissionDenied, "The access token is for another room.");
        }

        var filed = await reports.FileAsync(token.Identity, request, context.CancellationToken);
        return filed.IsRefused(out var refusal, out var id)
            ? throw Callers.Error(refusal)
            : new ReportResponse { ReportId = id };
    }

    private AccessToken Authenticate(ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        return token.Grants.Join
            ? token
            : throw Callers.Error(StatusCode.PermissionDenied, "The access token lacks the grant join.");
    }
}
