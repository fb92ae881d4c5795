using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rpc;
using Spaces.V1;

namespace Spaces.Signaling.Server.Invitations;

/// <summary>Invitations by request: parse, authorize, hand over. No rule lives here.</summary>
internal sealed class InvitationGrpcService(Callers callers, InvitationDesk desk, Inbox inbox)
    : InvitationService.InvitationServiceBase
{
    public override async Task<InviteResponse> Invite(InviteRequest request, ServerCallContext context)
    {
        var token = Authenticate(context);
        if (!token.Grants.Covers(new RoomId(request.RoomId)))
        {
            throw Callers.Error(StatusCode.PermissionDenied, "The access token is for another room.");
        }

        var to = Callers.CheckIdentity(request.Identity, "identity");
        Callers.Check(to == token.Identity ? "identity is your own. Give somebody else's." : null);
        Callers.Check(RoomText.ProseProblem("text", request.Text, InvitationDesk.TextLengthMax));
        Callers.Check(await desk.InviteAsync(token, request, context.CancellationToken));
        return new InviteResponse();
    }

    public override async Task<ListInvitationsResponse> ListInvitations(
        ListInvitationsRequest request,
        ServerCallContext context
    )
    {
        var me = Authenticate(context).Identity;
        var waiting = await inbox.ListAsync(me, context.CancellationToken);
        return new ListInvitationsResponse { Invitations = { waiting.Select(InvitationDesk.Describe) } };
    }

    public override async Task<AcceptInvitationResponse> AcceptInvitation(
        AcceptInvitationRequest request,
        ServerCallContext context
    )
    {
        var token = Authenticate(context);
        var outcome = await desk.AcceptAsync(token, request.InvitationId, context.CancellationToken);
        return outcome.IsRefused(out var refusal, out var acceptance)
            ? throw Callers.Error(refusal)
            : new AcceptInvitationResponse { RoomId = acceptance.Room.Value, Role = (Spaces.V1.Role)acceptance.Role };
    }

    public override async Task<DeclineInvitationResponse> DeclineInvitation(
        DeclineInvitationRequest request,
        ServerCallContext context
    )
    {
        var me = Authenticate(context).Identity;
        await inbox.RemoveAsync(me, request.InvitationId, context.CancellationToken);
        return new DeclineInvitationResponse();
    }

    private AccessToken Authenticate(ServerCallContext context)
    {
        var token = callers.Authenticate(context);
        return token.Grants.Join
            ? token
            : throw Callers.Error(StatusCode.PermissionDenied, "The access token lacks the grant join.");
    }
}
