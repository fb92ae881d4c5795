using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Limits;
using Spaces.Signaling.Server.Notifications;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Server.Safety;
using Room = Spaces.Signaling.Domain.Room;

namespace Spaces.Signaling.Server.Invitations;

/// <summary>Where an accepted invitation leads.</summary>
internal sealed record Acceptance(RoomId Room, Role Role);

/// <summary>Sends invitations, and carries out what their answers mean.</summary>
internal sealed class InvitationDesk(
    Inbox inbox,
    RoomDirectory rooms,
    BlockBook blocks,
    AccountNotifications notifications,
    ICapabilities capabilities,
    TimeProvider time
)
{
    public const int TextLengthMax = 500;
    private const int InvitationsPerMinute = 20;

    private readonly RateLimiter _limit = new(RateLimit.PerMinute(InvitationsPerMinute), time);

    /// <returns>Null when it is on its way, or is silently not.</returns>
    public async Task<Refusal?> InviteAsync(
        AccessToken from,
        V1.InviteRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!_limit.TryTake(from.Identity.Value, out var retryAfter))
        {
            return new Refusal(
                StatusCode.ResourceExhausted,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"You invite too often. Try again in {Math.Ceiling(retryAfter.TotalSeconds):0} s."
                ),
                retryAfter
            );
        }

        var listen = await capabilities.MayAsync(Capability.Listen, from.Facts, cancellationToken);
        if (listen.Refusal is { } forbidden)
        {
            return Refusal.Of(forbidden);
        }

        if ((await rooms.FindOpenAsync(request.RoomId, cancellationToken)).IsRefused(out var refusal, out var room))
        {
            return refusal;
        }

        var state = room.Current;
        if (request.ToSpeak && !DecidesWhoSpeaks(state, from.ActorIn(room.Id)))
        {
            return new Refusal(
                StatusCode.PermissionDenied,
                "Only the host and co-hosts invite to speak. Invite to listen instead."
            );
        }

        var to = new Identity(request.Identity);
        if ((await blocks.GetAsync(to, cancellationToken)).Contains(from.Identity))
        {
            return null; // Whoever is blocked is not told.
        }

        var content = new StoredInvitation(
            room.Id.Value,
            state.Title,
            from.Identity.Value,
            from.Name,
            request.Text,
            request.ToSpeak,
            time.GetUtcNow()
        );
        var waiting = await inbox.PutAsync(to, content, cancellationToken);
        notifications.Tell(to, new V1.Notification { Id = NotificationId(waiting), Invitation = Describe(waiting) });
        return null;
    }

    /// <summary>Takes it out of the inbox and, where it is to speak, gives the word if the inviter still may.</summary>
    public async Task<Outcome<Acceptance>> AcceptAsync(
        AccessToken token,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (await inbox.FindAsync(token.Identity, id, cancellationToken) is not { Content: var invitation })
        {
            return new Refusal(StatusCode.NotFound, "The invitation is no longer in the inbox. Join by the link.");
        }

        var found = await rooms.FindOpenAsync(invitation.RoomId, cancellationToken);
        if (found.IsRefused(out var refusal, out var room))
        {
            if (refusal.Code != StatusCode.Unavailable)
            {
                await inbox.RemoveAsync(token.Identity, id, cancellationToken);
            }

            return refusal;
        }

        var role = invitation.ToSpeak
            ? await GiveTheWordAsync(room, token, new Identity(invitation.From), cancellationToken)
            : Role.Listener;
        await inbox.RemoveAsync(token.Identity, id, cancellationToken);
        return new Acceptance(room.Id, role);
    }

    public static V1.RoomInvitation Describe(WaitingInvitation waiting) =>
        new()
        {
            InvitationId = waiting.Id,
            RoomId = waiting.Content.RoomId,
            RoomTitle = waiting.Content.RoomTitle,
            FromIdentity = waiting.Content.From,
            FromName = waiting.Content.FromName,
            Text = waiting.Content.Text,
            ToSpeak = waiting.Content.ToSpeak,
            SentAt = waiting.Content.SentAt.ToTimestamp(),
        };

    /// <summary>The same invitation told twice has the same; a renewed one is told again.</summary>
    private static string NotificationId(WaitingInvitation waiting) =>
        string.Create(CultureInfo.InvariantCulture, $"invitation-{waiting.Id}-{waiting.Content.SentAt.UtcTicks}");

    private static bool DecidesWhoSpeaks(Room room, Actor actor) =>
        actor.IsAdministrator || actor.Identity == room.Host || room.CoHosts.Contains(actor.Identity);

    private async Task<Role> GiveTheWordAsync(
        LiveRoom room,
        AccessToken token,
        Identity from,
        CancellationToken cancellationToken
    )
    {
        var speak = await capabilities.MayAsync(Capability.Speak, token.Facts, cancellationToken);
        if (!speak.IsAllowed || !DecidesWhoSpeaks(room.Current, new Actor(from)))
        {
            return Role.Listener;
        }

        Person? present;
        using (await room.EnterAsync(cancellationToken))
        {
            present = room.People.Find(token.Identity)?.Person;
        }

        RoomCommand command = present is null
            ? new RoomCommand.DecideRole(new Actor(from), token.Identity, Role.Speaker, rooms.Now())
            : new RoomCommand.ChangeRole(new Actor(from), present, Role.Speaker, rooms.Now());
        return await room.ExecuteAsync(command, cancellationToken) is null ? Role.Speaker : Role.Listener;
    }
}
