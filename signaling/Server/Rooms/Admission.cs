using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Sessions;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Somebody at the door.</summary>
/// <param name="Token">Who, and what they may do.</param>
/// <param name="RoomId">As they spelled it.</param>
/// <param name="Kind">How they want to take part.</param>
/// <param name="Offer">Empty: without media for now.</param>
/// <param name="Muted">Start muted.</param>
/// <param name="Connection">Null for WHIP and WHEP.</param>
internal sealed record Entry(
    AccessToken Token,
    string RoomId,
    ParticipationKind Kind,
    string Offer,
    bool Muted,
    ClientSession? Connection
);

/// <summary>Somebody who came in; <see cref="Media"/> is null without media.</summary>
internal sealed record Admitted(LiveRoom Room, Participant Participant, OpenedMedia? Media);

/// <summary>Lets people in: verifies what they may, opens their media, and only then shows them to the room.</summary>
/// <remarks>A refused entry changes nothing: not for the room, and not for an earlier connection of the same
/// account.</remarks>
internal sealed class Admission(
    RoomDirectory rooms,
    ParticipantMedia media,
    SfuCluster cluster,
    SignalingOptions options,
    ILogger<Admission> logger
)
{
    /// <param name="entry">Who.</param>
    /// <param name="welcome">Answers the client, before any later event reaches it; called with the room's gate
    /// held.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<Outcome<Admitted>> EnterAsync(
        Entry entry,
        Action<Admitted> welcome,
        CancellationToken cancellationToken
    )
    {
        var grants = entry.Token.Grants;
        if (!RoomId.TryParse(entry.RoomId, out var roomId) || !grants.Covers(roomId) || !grants.Join)
        {
            return new Refusal(StatusCode.PermissionDenied, "The access token does not allow to join this room.");
        }

        if ((await rooms.FindLiveAsync(entry.RoomId, cancellationToken)).IsRefused(out var refusal, out var room))
        {
            return refusal;
        }

        if ((await ReserveAsync(room, entry, cancellationToken)).IsRefused(out refusal, out var reserved))
        {
            return refusal;
        }

        OpenedMedia? opened = null;
        if (entry.Offer.Length > 0)
        {
            var maySpeak = room.Current.RoleOf(entry.Token.Identity, grants.Speak) != Role.Listener;
            // Somebody who takes over may speak only once their other session is closed: never two of them.
            var permissions = ParticipantMedia.Permitted(reserved.Stay, maySpeak && !reserved.IsTakeover, entry.Muted);
            var outcome = await media.OpenAsync(room, reserved.Stay, entry.Offer, permissions, cancellationToken);
            if (outcome.IsRefused(out refusal, out opened))
            {
                return refusal;
            }
        }

        return await SeatAsync(room, entry, reserved, opened, welcome, cancellationToken);
    }

    /// <summary>Takes up a stay whose connection was lost.</summary>
    public async Task<Outcome<Admitted>> ResumeAsync(
        Participation stay,
        ClientSession connection,
        Func<Admitted, Task> welcome,
        CancellationToken cancellationToken
    )
    {
        await cluster.FirstAttempt.WaitAsync(cancellationToken); // Before it, we do not know whose media goes on.
        if ((await rooms.FindLiveAsync(stay.Room, cancellationToken)).IsRefused(out var refusal, out var room))
        {
            return refusal.Code == StatusCode.FailedPrecondition ? Over : refusal;
        }

        using (await room.EnterAsync(cancellationToken))
        {
            if (FindStay(room, stay) is not { } participant)
            {
                return Over;
            }

            var person = participant.Person;
            var enter = new RoomCommand.Enter(person, stay.TokenMaySpeak, rooms.Now());
            if (await room.CommitAsync(enter, cancellationToken) is { } refused)
            {
                return refused;
            }

            participant.Connection?.End(
                V1.GoodbyeReason.Replaced,
                V1.GoodbyeAction.Stop,
                "The connection was taken up elsewhere."
            );
            Attach(participant, connection);
            room.AttendanceChanged();
            var admitted = new Admitted(room, participant, null);
            await welcome(admitted);
            SignalingLog.Resumed(logger, room.Id, participant.Id);
            return admitted;
        }
    }

    private static Refusal Over { get; } =
        new(StatusCode.NotFound, "The participation is over. Join again with an access token.");

    private static void Attach(Participant participant, ClientSession connection)
    {
        participant.Connection = connection;
        participant.LostAt = null;
        participant.LossShown = false;
    }

    /// <summary>
    /// Whose stay a genuine resume token means; null when that is over, or another connection took it over.
    /// </summary>
    private Participant? FindStay(LiveRoom room, Participation stay)
    {
        if (room.IsOver)
        {
            return null;
        }

        var participant = room.People.Find(stay.ParticipantId);
        if (participant is null)
        {
            // Nobody of that name: fine for a while after this process took the room up, for who had no media session.
            var mayReturn = rooms.Now() - room.TakenUpAt < options.ResumeGrace;
            return mayReturn && room.People.Find(new Identity(stay.Identity)) is null ? room.People.Add(stay) : null;
        }

        if (participant.Participation.Stay.Length == 0)
        {
            room.People.Replace(participant, stay); // Known only from the stored stage until now.
        }

        return participant.Participation.Stay == stay.Stay ? participant : null;
    }

    private async Task<Outcome<Reservation>> ReserveAsync(
        LiveRoom room,
        Entry entry,
        CancellationToken cancellationToken
    )
    {
        using (await room.EnterAsync(cancellationToken))
        {
            var present = room.People.Find(entry.Token.Identity);
            if (present is null && room.People.Count >= options.RoomPeopleMax)
            {
                return new Refusal(StatusCode.ResourceExhausted, "The room is full.", Refusal.Backoff());
            }

            var mediaId = RandomIds.NextMediaId();
            while (room.People.HasMediaId(mediaId))
            {
                mediaId = RandomIds.NextMediaId();
            }

            var isLive = entry.Kind == ParticipationKind.Live;
            var stay = new Participation(
                entry.Token.KeyId,
                room.Id.Value,
                present?.Id.Value ?? RandomIds.Next(),
                entry.Token.Identity.Value,
                entry.Token.Name,
                mediaId.Value,
                Stay: RandomIds.Next(),
                // Whoever only listens by WHEP takes no place among the speakers.
                TokenMaySpeak: entry.Token.Grants.Speak && entry.Kind != ParticipationKind.Whep,
                entry.Token.Grants.Listen,
                entry.Kind,
                rooms.Now(),
                Resource: isLive ? null : RandomIds.Next(),
                Session: null,
                Node: null
            );
            var role = room.Current.RoleOf(entry.Token.Identity, stay.TokenMaySpeak);
            if (entry.Kind == ParticipationKind.Whip && role == Role.Listener)
            {
                return new Refusal(
                    StatusCode.PermissionDenied,
                    "You may not speak in this room. Ask the host, or use a token with the grant speak."
                );
            }

            return entry.Kind == ParticipationKind.Whep && !stay.MayListen
                ? new Refusal(StatusCode.PermissionDenied, "The access token lacks the grant listen.")
                : new Reservation(stay, IsTakeover: present is not null);
        }
    }

    private async Task<Outcome<Admitted>> SeatAsync(
        LiveRoom room,
        Entry entry,
        Reservation reserved,
        OpenedMedia? opened,
        Action<Admitted> welcome,
        CancellationToken cancellationToken
    )
    {
        Admitted? admitted = null;
        MediaSession? before = null;
        Refusal? refusal;
        using (await room.EnterAsync(CancellationToken.None))
        {
            refusal = await CommitEntryAsync(room, entry, reserved, cancellationToken);
            if (refusal is null)
            {
                var participant = Seat(room, entry, reserved, out before);
                if (opened is not null)
                {
                    ParticipantMedia.Assign(participant, opened.Session);
                    participant.IceTag = opened.IceTag;
                }

                admitted = new Admitted(room, participant, opened);
                welcome(admitted);
            }
        }

        if (admitted is null)
        {
            if (opened is not null)
            {
                await cluster.CloseAsync(opened.Session);
            }

            return refusal!;
        }

        SignalingLog.Joined(logger, room.Id, admitted.Participant.Id, entry.Kind);
        if (before is not null)
        {
            await cluster.CloseAsync(before);
        }

        if (await media.SettleAsync(room, admitted.Participant) is not null)
        {
            _ = media.SettleLaterAsync(room, admitted.Participant);
        }

        return admitted;
    }

    private async Task<Refusal?> CommitEntryAsync(
        LiveRoom room,
        Entry entry,
        Reservation reserved,
        CancellationToken cancellationToken
    )
    {
        var stay = reserved.Stay;
        var present = room.People.Find(entry.Token.Identity);
        if (present is not null && present.Id != stay.ParticipantId)
        {
            return Refusal.Unavailable("The same account joined from elsewhere at the same moment. Try again.");
        }

        if (room.People.HasMediaId(new MediaId(stay.MediaId)))
        {
            return Refusal.Unavailable("The media id was taken at the same moment. Try again.");
        }

        var person = new Person(
            stay.ParticipantId,
            entry.Token.Identity,
            stay.Name,
            new MediaId(stay.MediaId),
            entry.Muted
        );
        return await room.CommitAsync(
            new RoomCommand.Enter(person, stay.TokenMaySpeak, rooms.Now()),
            cancellationToken
        );
    }

    private static Participant Seat(LiveRoom room, Entry entry, Reservation reserved, out MediaSession? before)
    {
        before = null;
        var participant = room.People.Find(entry.Token.Identity);
        if (participant is null)
        {
            participant = room.People.Add(reserved.Stay);
        }
        else
        {
            Departure.EndConnection(participant);
            before = participant.ExchangeMedia(null);
            room.People.Replace(participant, reserved.Stay);
        }

        participant.Muted = entry.Muted;
        participant.LostAt = null;
        participant.LossShown = false;
        participant.Connection = entry.Connection;
        room.AttendanceChanged();
        return participant;
    }

    private sealed record Reservation(Participation Stay, bool IsTakeover);
}
