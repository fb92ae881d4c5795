using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Cluster;
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
    RoomPeople people,
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

        var elsewhere = await people.FindPlaceAsync(room, entry.Token.Identity, cancellationToken);
        if ((await ReserveAsync(room, entry, elsewhere, cancellationToken)).IsRefused(out refusal, out var reserved))
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

    private async Task<Outcome<Reservation>> ReserveAsync(
        LiveRoom room,
        Entry entry,
        Place? elsewhere,
        CancellationToken cancellationToken
    )
    {
        using (await room.EnterAsync(cancellationToken))
        {
            var identity = entry.Token.Identity;
            var present = room.People.Find(identity)?.Id ?? elsewhere?.Participant;
            if (present is null && room.People.Count + room.Share.PlacesElsewhere >= options.RoomPeopleMax)
            {
                return new Refusal(StatusCode.ResourceExhausted, "The room is full.", Refusal.Backoff());
            }

            var mediaId = RandomIds.NextMediaId();
            while (room.People.HasMediaId(mediaId) || room.Current.Stage.Find(mediaId) is not null)
            {
                mediaId = RandomIds.NextMediaId();
            }

            var isLive = entry.Kind == ParticipationKind.Live;
            var onStage = room.Current.Stage.Find(identity);
            var id = present?.Value ?? onStage?.Person.Id.Value ?? RandomIds.Next();
            var stay = new Participation(
                entry.Token.KeyId,
                room.Id.Value,
                id,
                identity.Value,
                entry.Token.Name,
                mediaId.Value,
                Stay: RandomIds.Next(),
                // Whoever only listens by WHEP takes no place among the speakers.
                TokenMaySpeak: entry.Token.Grants.Speak && entry.Kind != ParticipationKind.Whep,
                entry.Token.Grants.Listen,
                entry.Kind,
                rooms.Now(),
                // Any node finds by it whose it is.
                Resource: isLive ? null : $"{id}.{RandomIds.Next()}",
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
        var claim = await ClaimAsync(room, entry, reserved.Stay, opened, cancellationToken);
        var refusal = claim.Refusal;
        using (await room.EnterAsync(CancellationToken.None))
        {
            refusal ??= await CommitEntryAsync(room, entry, reserved, claim.Now, cancellationToken);
            if (refusal is null)
            {
                var participant = Seat(room, entry, reserved, claim.Now, out before);
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
            await GiveBackAsync(room, reserved.Stay, claim.Now, opened);
            return refusal!;
        }

        RoomPeople.Seated(room, admitted.Participant.Id);
        SignalingLog.Joined(logger, room.Id, admitted.Participant.Id, entry.Kind);
        if (before is not null)
        {
            await cluster.CloseAsync(before);
        }

        await people.CloseMediaAsync(claim.Before);
        admitted.Participant.IsTakingOver = false;
        if (await media.SettleAsync(room, admitted.Participant) is not null)
        {
            _ = media.SettleLaterAsync(room, admitted.Participant);
        }

        return admitted;
    }

    /// <summary>Takes the place among all nodes, once it is likely that the room lets them in.</summary>
    private async Task<Claim> ClaimAsync(
        LiveRoom room,
        Entry entry,
        Participation stay,
        OpenedMedia? opened,
        CancellationToken cancellationToken
    )
    {
        if (room.Current.Decide(EnterCommand(entry, stay)).Refusal is { } refusal)
        {
            return new Claim(Refusal.Of(refusal), null, null);
        }

        var seated = stay with { Session = opened?.Session.Id, Node = opened?.Session.Node.Name };
        var outcome = await people.ClaimAsync(
            room,
            seated,
            entry.Muted,
            isConnected: true,
            ClaimKind.Enter,
            cancellationToken
        );
        return outcome?.Verdict switch
        {
            null or ClaimVerdict.Granted => new Claim(null, outcome?.Now, outcome?.Before),
            ClaimVerdict.MediaIdTaken => new Claim(
                Refusal.Unavailable("The media id was taken at the same moment. Try again."),
                null,
                null
            ),
            ClaimVerdict.IdentityTaken or ClaimVerdict.StayOver => new Claim(AtTheSameMoment, null, null),
            _ => throw new InvalidOperationException($"Unknown verdict {outcome?.Verdict}."),
        };
    }

    private static Refusal AtTheSameMoment =>
        Refusal.Unavailable("The same account joined from elsewhere at the same moment. Try again.");

    private async Task GiveBackAsync(LiveRoom room, Participation stay, Place? claimed, OpenedMedia? opened)
    {
        if (claimed is not null)
        {
            await people.ReleaseAsync(room, claimed);
        }

        RoomPeople.Seated(room, stay.ParticipantId);
        if (opened is not null)
        {
            await cluster.CloseAsync(opened.Session);
        }
    }

    private RoomCommand.Enter EnterCommand(Entry entry, Participation stay) =>
        new(
            new Person(stay.ParticipantId, entry.Token.Identity, stay.Name, new MediaId(stay.MediaId), entry.Muted),
            stay.TokenMaySpeak,
            rooms.Now()
        );

    private async Task<Refusal?> CommitEntryAsync(
        LiveRoom room,
        Entry entry,
        Reservation reserved,
        Place? claimed,
        CancellationToken cancellationToken
    )
    {
        var stay = reserved.Stay;
        var present = room.People.Find(entry.Token.Identity);
        if (present is not null && (present.Id != stay.ParticipantId || present.Fence > claimed?.Fence))
        {
            return AtTheSameMoment;
        }

        return room.People.HasMediaId(new MediaId(stay.MediaId))
            ? Refusal.Unavailable("The media id was taken at the same moment. Try again.")
            : await room.CommitAsync(EnterCommand(entry, stay), cancellationToken);
    }

    private static Participant Seat(
        LiveRoom room,
        Entry entry,
        Reservation reserved,
        Place? claimed,
        out MediaSession? before
    )
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

        if (claimed is not null)
        {
            participant.Granted(claimed);
        }

        participant.IsTakingOver = reserved.IsTakeover;
        participant.Muted = entry.Muted;
        participant.LostAt = null;
        participant.LossShown = false;
        participant.Connection = entry.Connection;
        room.AttendanceChanged();
        return participant;
    }

    private sealed record Reservation(Participation Stay, bool IsTakeover);

    /// <summary>Without refusal and place: the store is away, and they come in by what this node knows.</summary>
    private sealed record Claim(Refusal? Refusal, Place? Now, Place? Before);
}
