using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;
using Role = Spaces.Signaling.Domain.Role;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>
/// Carries out what clients ask over a live connection. It parses, hands over and maps; no rule lives here.
/// </summary>
internal sealed class SessionRequests(
    AccessTokens accessTokens,
    ResumeTokens resumeTokens,
    Admission admission,
    Resumption resumption,
    Departure departure,
    ParticipantMedia media,
    SignalingOptions options,
    TimeProvider time
)
{
    private const int ClientLengthMax = 100;

    /// <summary>More missed events than this are cheaper as one snapshot, and would crowd the outbox.</summary>
    private const int ReplayMax = 128;

    private static readonly ServerMessage Done = new() { Done = new Done() };

    /// <returns>Null when the client is in; it has been answered.</returns>
    public async Task<Refusal?> JoinAsync(
        ClientSession session,
        ulong requestId,
        Join join,
        string? carriedToken,
        Action<Seat> seat,
        CancellationToken cancellationToken
    )
    {
        if (join.Client.Length > ClientLengthMax)
        {
            return new Refusal(StatusCode.InvalidArgument, $"client is longer than {ClientLengthMax} characters.");
        }

        var text = join.Token.Length > 0 ? join.Token : carriedToken ?? "";
        if (!accessTokens.TryVerify(text, out var token, out var problem))
        {
            return Refusal.Unauthenticated(problem);
        }

        var entry = new Entry(token, join.RoomId, ParticipationKind.Live, join.SdpOffer, join.Muted, session);
        var outcome = await admission.EnterAsync(
            entry,
            admitted =>
            {
                seat(new Seat(admitted.Room, admitted.Participant));
                session.Send(new ServerMessage { ReplyTo = requestId, Joined = JoinedMessage(admitted) });
            },
            cancellationToken
        );
        return outcome.Refusal;
    }

    /// <returns>Null when the client is back; it has been answered.</returns>
    public async Task<Refusal?> ResumeAsync(
        ClientSession session,
        ulong requestId,
        Resume resume,
        Action<Seat> seat,
        CancellationToken cancellationToken
    )
    {
        if (!resumeTokens.TryVerify(resume.ResumeToken, out var stay))
        {
            return new Refusal(StatusCode.NotFound, "The resume token is not genuine or has expired. Join again.");
        }

        var outcome = await resumption.ResumeAsync(
            stay,
            session,
            async admitted =>
            {
                seat(new Seat(admitted.Room, admitted.Participant));
                await WelcomeBackAsync(session, requestId, resume.LastEvent, admitted, cancellationToken);
            },
            cancellationToken
        );
        return outcome.Refusal;
    }

    /// <summary>Answers a request of somebody who is in.</summary>
    public async Task<Outcome<ServerMessage>> AnswerAsync(
        Seat seat,
        ClientMessage message,
        CancellationToken cancellationToken
    ) =>
        message switch
        {
            { Ping: not null } => new ServerMessage { Pong = new Pong { Nonce = message.Ping.Nonce } },
            { SetMuted: not null } => await SetMutedAsync(seat, message.SetMuted, cancellationToken),
            { RaiseHand: not null } => Answer(
                await WithGateAsync(
                    seat.Room,
                    () =>
                        new RoomCommand.RaiseHand(seat.Participant.Person, message.RaiseHand.Raised, time.GetUtcNow()),
                    cancellationToken
                )
            ),
            { SetRole: not null } => await SetRoleAsync(seat, message.SetRole, cancellationToken),
            { OpenMedia: not null } => await OpenMediaAsync(seat, message.OpenMedia, cancellationToken),
            { RestartIce: not null } => await RestartIceAsync(seat, message.RestartIce, cancellationToken),
            { ListParticipants: not null } => await Roster.PageAsync(
                seat.Room,
                message.ListParticipants,
                cancellationToken
            ),
            { EndRoom: not null } => await EndRoomAsync(seat, cancellationToken),
            { Leave: not null } => await LeaveAsync(seat),
            { Join: not null } or { Resume: not null } => new Refusal(
                StatusCode.FailedPrecondition,
                "You have joined already on this connection."
            ),
            _ => new Refusal(StatusCode.InvalidArgument, "The message holds no request that this server knows."),
        };

    private static Outcome<ServerMessage> Answer(Refusal? refusal) => refusal ?? (Outcome<ServerMessage>)Done.Clone();

    private static async Task<Refusal?> WithGateAsync(
        LiveRoom room,
        Func<RoomCommand> command,
        CancellationToken cancellationToken
    )
    {
        using (await room.EnterAsync(cancellationToken))
        {
            return await room.CommitAsync(command(), cancellationToken);
        }
    }

    private async Task<Outcome<ServerMessage>> SetMutedAsync(
        Seat seat,
        SetMuted request,
        CancellationToken cancellationToken
    )
    {
        var participant = seat.Participant;
        using (await seat.Room.EnterAsync(cancellationToken))
        {
            var command = new RoomCommand.Mute(participant.Person, request.Muted, time.GetUtcNow());
            if (await seat.Room.CommitAsync(command, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            participant.Muted = request.Muted;
        }

        return await SettleAsync(seat.Room, participant);
    }

    private async Task<Outcome<ServerMessage>> SetRoleAsync(
        Seat seat,
        SetRole request,
        CancellationToken cancellationToken
    )
    {
        Participant? target;
        using (await seat.Room.EnterAsync(cancellationToken))
        {
            target = seat.Room.People.Find(new ParticipantId(request.ParticipantId));
            if (target is null)
            {
                return new Refusal(StatusCode.NotFound, "There is nobody with that participant_id in the room.");
            }

            var command = new RoomCommand.ChangeRole(
                new Actor(seat.Participant.Identity),
                target.Person,
                (Role)request.Role,
                time.GetUtcNow()
            );
            if (await seat.Room.CommitAsync(command, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return await SettleAsync(seat.Room, target);
    }

    private async Task<Outcome<ServerMessage>> SettleAsync(LiveRoom room, Participant participant)
    {
        var refusal = await media.SettleAsync(room, participant);
        if (refusal is not null)
        {
            _ = media.SettleLaterAsync(room, participant);
        }

        return Answer(refusal);
    }

    private async Task<Outcome<ServerMessage>> OpenMediaAsync(
        Seat seat,
        OpenMedia request,
        CancellationToken cancellationToken
    )
    {
        if (request.SdpOffer.Length == 0)
        {
            return new Refusal(StatusCode.InvalidArgument, "sdp_offer is missing.");
        }

        var outcome = await media.ReopenAsync(seat.Room, seat.Participant, request.SdpOffer, cancellationToken);
        return outcome.IsRefused(out var refusal, out var opened)
            ? refusal
            : new ServerMessage { MediaOpened = new MediaOpened { SdpAnswer = opened.Answer } };
    }

    private async Task<Outcome<ServerMessage>> RestartIceAsync(
        Seat seat,
        RestartIce request,
        CancellationToken cancellationToken
    )
    {
        if (request.SdpOffer.Length is 0 or > ParticipantMedia.OfferLengthMax)
        {
            return new Refusal(StatusCode.InvalidArgument, "sdp_offer is missing or too long.");
        }

        var outcome = await media.RestartIceAsync(
            seat.Participant,
            session => new RestartIceRequest { SessionId = session, SdpOffer = request.SdpOffer },
            cancellationToken
        );
        return outcome.IsRefused(out var refusal, out var answer)
            ? refusal
            : new ServerMessage { IceRestarted = new IceRestarted { SdpAnswer = answer.Sdp } };
    }

    private async Task<Outcome<ServerMessage>> EndRoomAsync(Seat seat, CancellationToken cancellationToken)
    {
        var command = new RoomCommand.End(new Actor(seat.Participant.Identity), time.GetUtcNow());
        return Answer(
            await Departure.EndRoomAsync(seat.Room, command, cancellationToken, answeredApart: seat.Participant)
        );
    }

    private async Task<Outcome<ServerMessage>> LeaveAsync(Seat seat)
    {
        await departure.LeaveAsync(seat.Room, seat.Participant);
        return Answer(null);
    }

    private Joined JoinedMessage(Admitted admitted) =>
        new()
        {
            Room = admitted.Room.Snapshot(),
            Self = RoomMessages.Describe(admitted.Room.Current, admitted.Participant),
            SdpAnswer = admitted.Media?.Answer ?? "",
            ResumeToken = ResumeTokenOf(admitted.Participant),
            PingIntervalMs = (uint)options.PingInterval.TotalMilliseconds,
        };

    private async Task WelcomeBackAsync(
        ClientSession session,
        ulong requestId,
        ulong lastEvent,
        Admitted admitted,
        CancellationToken cancellationToken
    )
    {
        var room = admitted.Room;
        var missed = await room.EventsAfterAsync(lastEvent, cancellationToken);
        var replay = missed is { Length: <= ReplayMax };
        session.Send(
            new ServerMessage
            {
                ReplyTo = requestId,
                Resumed = new Resumed
                {
                    Room = replay ? null : room.Snapshot(),
                    Self = RoomMessages.Describe(room.Current, admitted.Participant),
                    ResumeToken = ResumeTokenOf(admitted.Participant),
                    MediaAlive = admitted.Participant.Media is not null,
                    PingIntervalMs = (uint)options.PingInterval.TotalMilliseconds,
                },
            }
        );
        if (replay)
        {
            foreach (var numbered in missed!.Value)
            {
                session.Send(room.Message(numbered));
            }
        }

        session.Send(new ServerMessage { Audience = new Audience { ListenerCount = room.ListenerCount } });
    }

    private string ResumeTokenOf(Participant participant) =>
        resumeTokens.Issue(
            participant.Participation with
            {
                Session = participant.Media?.Id,
                Node = participant.Media?.Node.Name,
            }
        );
}
