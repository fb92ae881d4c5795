using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>The first message of a live connection: coming in, or coming back.</summary>
internal sealed class EntryRequests(
    AccessTokens accessTokens,
    ResumeTokens resumeTokens,
    Admission admission,
    Resumption resumption,
    SignalingOptions options
)
{
    private const int ClientLengthMax = 100;

    /// <summary>More missed events than this are cheaper as one snapshot, and would crowd the outbox.</summary>
    private const int ReplayMax = 128;

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
            return Refusal.Invalid($"client is longer than {ClientLengthMax} characters.");
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
            return new Refusal(
                Grpc.Core.StatusCode.NotFound,
                "The resume token is not genuine or has expired. Join again."
            );
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

    private Joined JoinedMessage(Admitted admitted) =>
        new()
        {
            Room = admitted.Room.Snapshot(),
            Self = RoomMessages.Describe(admitted.Room.Current, admitted.Participant),
            SdpAnswer = admitted.Media?.Answer ?? "",
            ResumeToken = ResumeTokenOf(admitted.Participant),
            PingIntervalMs = (uint)options.PingInterval.TotalMilliseconds,
        };

    /// <summary>What has become of them, and what they missed; a snapshot where that is shorter.</summary>
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
        var member = room.Current.OnStage(admitted.Participant.Id);
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
                    HandPlace = member is null ? 0 : (uint)room.Current.Stage.PlaceInQueue(member),
                    MissedEvents = replay ? (uint)missed!.Value.Length : 0,
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
