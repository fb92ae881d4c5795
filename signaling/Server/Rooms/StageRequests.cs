using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Cluster;
using Spaces.V1;
using Person = Spaces.Signaling.Domain.Person;
using Role = Spaces.Signaling.Domain.Role;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// Carries out what host, co-hosts and administrators ask, whether over a live connection or by a unary call: each
/// request is one command. It finds people and maps words; no rule lives here.
/// </summary>
internal sealed class StageRequests(RoomPeople people, SpeakGate gate, TimeProvider time)
{
    private static readonly Refusal NoTarget = Refusal.Invalid("Name somebody: participant_id or identity.");

    private static readonly Refusal Nobody = new(
        StatusCode.NotFound,
        "There is nobody with that participant_id or identity in the room."
    );

    /// <returns>Null when it is in force.</returns>
    public async Task<Refusal?> CarryOutAsync(
        LiveRoom room,
        Actor actor,
        IMessage request,
        CancellationToken cancellationToken
    )
    {
        // Before anybody is looked for: whoever has no right learns nothing of who is here.
        if (RightTo(request) is { } right && Permissions.Refusal(room.Current, right, actor) is { } denied)
        {
            return Refusal.Of(denied);
        }

        var outcome = await CommandAsync(room, actor, request, cancellationToken);
        return outcome.IsRefused(out var refusal, out var command)
            ? refusal
            : await RoomCommands.CarryOutAsync(room, command, cancellationToken);
    }

    /// <returns>Null where it depends on more than who asks: then the command alone decides.</returns>
    private static Right? RightTo(IMessage request) =>
        request switch
        {
            SetRoleRequest { Role: V1.Role.Speaker } => Right.GiveTheWord,
            SetRoleRequest => Right.TakeTheWord,
            LowerHandRequest => Right.LowerHands,
            InviteToSpeakRequest => Right.InviteToSpeak,
            AskToUnmuteRequest => Right.AskToUnmute,
            MuteParticipantRequest => Right.MuteOthers,
            SuppressRequest => Right.Suppress,
            AppointCoHostRequest or DismissCoHostRequest => Right.AppointCoHosts,
            HandOverRequest => Right.HandOver,
            RemoveParticipantRequest => Right.Remove,
            BanAccountRequest => Right.Ban,
            _ => null,
        };

    private async Task<Outcome<RoomCommand>> CommandAsync(
        LiveRoom room,
        Actor actor,
        IMessage request,
        CancellationToken stop
    )
    {
        var now = time.GetUtcNow();
        return request switch
        {
            SetRoleRequest set => await SetRoleAsync(room, actor, Whom.Of(set.ParticipantId, set.Identity), set, stop),
            LowerHandRequest { Everybody: true } => new RoomCommand.LowerAllHands(actor, now),
            LowerHandRequest lower => await OfPersonAsync(
                room,
                Whom.Of(lower.ParticipantId, lower.Identity),
                target => new RoomCommand.LowerHand(actor, target.Id, now),
                stop
            ),
            InviteToSpeakRequest invite => await InviteAsync(room, actor, invite, stop),
            AskToUnmuteRequest ask => await OfPersonAsync(
                room,
                Whom.Of(ask.ParticipantId, ask.Identity),
                target => new RoomCommand.AskToUnmute(actor, target.Id, now),
                stop
            ),
            MuteParticipantRequest mute => await OfPersonAsync(
                room,
                Whom.Of(mute.ParticipantId, mute.Identity),
                target => new RoomCommand.MuteOther(actor, target.Id, now),
                stop
            ),
            MuteAllRequest => new RoomCommand.MuteAll(actor, now),
            SuppressRequest suppress => await OfAccountAsync(
                room,
                Whom.Of(suppress.ParticipantId, suppress.Identity),
                (target, _) => new RoomCommand.Suppress(actor, target, suppress.Suppressed, now),
                stop
            ),
            _ => await HostingAsync(room, actor, request, stop),
        };
    }

    private async Task<Outcome<RoomCommand>> HostingAsync(
        LiveRoom room,
        Actor actor,
        IMessage request,
        CancellationToken stop
    )
    {
        var now = time.GetUtcNow();
        return request switch
        {
            AppointCoHostRequest appoint => await OfAccountAsync(
                room,
                Whom.Of(appoint.ParticipantId, appoint.Identity),
                (target, person) =>
                    new RoomCommand.AppointCoHost(actor, target, person?.Name ?? NameOf(target), person, now),
                stop
            ),
            DismissCoHostRequest dismiss => await OfAccountAsync(
                room,
                Whom.Of(dismiss.ParticipantId, dismiss.Identity),
                (target, _) => new RoomCommand.DismissCoHost(actor, target, now),
                stop
            ),
            HandOverRequest handOver => await OfPersonAsync(
                room,
                Whom.Of(handOver.ParticipantId, handOver.Identity),
                target => new RoomCommand.HandOver(actor, target, now),
                stop
            ),
            SetHeirsRequest set => new RoomCommand.SetHeirs(
                actor,
                [.. set.Identities.Select(identity => new Identity(identity))],
                now
            ),
            _ => await RemovalAsync(room, actor, request, stop),
        };
    }

    private async Task<Outcome<RoomCommand>> RemovalAsync(
        LiveRoom room,
        Actor actor,
        IMessage request,
        CancellationToken stop
    )
    {
        var now = time.GetUtcNow();
        return request switch
        {
            RemoveParticipantRequest remove => await OfPersonAsync(
                room,
                Whom.Of(remove.ParticipantId, remove.Identity),
                target => new RoomCommand.Remove(actor, target, now),
                stop
            ),
            BanAccountRequest ban => await OfAccountAsync(
                room,
                Whom.Of(ban.ParticipantId, ban.Identity),
                (target, person) =>
                    new RoomCommand.Ban(
                        actor,
                        target,
                        person?.Name ?? (ban.Name.Length > 0 ? ban.Name : NameOf(target)),
                        now
                    ),
                stop
            ),
            UnbanAccountRequest unban => new RoomCommand.Unban(actor, new Identity(unban.Identity), now),
            TakeDownPostRequest down => long.TryParse(
                down.PostId,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? new RoomCommand.TakeDownPost(actor, number, now)
                : new Refusal(StatusCode.NotFound, "There is no such post. Look at the list again."),
            StartRoomRequest => new RoomCommand.Start(actor, now),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request, "Unknown request."),
        };
    }

    private async Task<Outcome<RoomCommand>> SetRoleAsync(
        LiveRoom room,
        Actor actor,
        Whom whom,
        SetRoleRequest request,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var role = (Role)request.Role;
        if (whom.IsNobody)
        {
            return NoTarget;
        }

        var person = await FindAsync(room, whom, cancellationToken);
        if (person is null && whom.Identity is not { })
        {
            return Nobody;
        }

        var identity = person?.Identity ?? whom.Identity!.Value;
        if (role == Role.Speaker && await gate.RefusalAsync(room, identity, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return person is null
            ? new RoomCommand.DecideRole(actor, identity, role, now)
            : new RoomCommand.ChangeRole(actor, person, role, now);
    }

    private Task<Outcome<RoomCommand>> InviteAsync(
        LiveRoom room,
        Actor actor,
        InviteToSpeakRequest invite,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        return OfPersonAsync(
            room,
            Whom.Of(invite.ParticipantId, invite.Identity),
            target =>
                invite.Withdraw
                    ? new RoomCommand.WithdrawInvitation(actor, target.Id, now)
                    : new RoomCommand.InviteToSpeak(actor, target, now),
            cancellationToken
        );
    }

    /// <summary>About somebody who is in the room.</summary>
    private async Task<Outcome<RoomCommand>> OfPersonAsync(
        LiveRoom room,
        Whom whom,
        Func<Person, RoomCommand> command,
        CancellationToken cancellationToken
    )
    {
        if (whom.IsNobody)
        {
            return NoTarget;
        }

        return await FindAsync(room, whom, cancellationToken) is { } person ? command(person) : Nobody;
    }

    /// <summary>About an account, in the room or not.</summary>
    private async Task<Outcome<RoomCommand>> OfAccountAsync(
        LiveRoom room,
        Whom whom,
        Func<Identity, Person?, RoomCommand> command,
        CancellationToken cancellationToken
    )
    {
        if (whom.IsNobody)
        {
            return NoTarget;
        }

        var person = await FindAsync(room, whom, cancellationToken);
        return (person?.Identity ?? whom.Identity) is { } identity ? command(identity, person) : Nobody;
    }

    private async Task<Person?> FindAsync(LiveRoom room, Whom whom, CancellationToken cancellationToken) =>
        whom.Participant is { } participant
            ? await people.FindAsync(room, participant, cancellationToken)
            : await people.FindAsync(room, whom.Identity!.Value, cancellationToken);

    private static string NameOf(Identity identity) =>
        identity.Value.Length <= RoomText.NameLengthMax ? identity.Value : identity.Value[..RoomText.NameLengthMax];

    /// <summary>Whom a request is about: one of both, or nobody.</summary>
    private readonly record struct Whom(ParticipantId? Participant, Identity? Identity)
    {
        public bool IsNobody => Participant is null && Identity is null;

        public static Whom Of(string participant, string identity) =>
            new(
                participant.Length > 0 ? new ParticipantId(participant) : null,
                identity.Length > 0 ? new Identity(identity) : null
            );
    }
}
