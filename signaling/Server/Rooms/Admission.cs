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
    EntryCheck check,
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

        if ((await rooms.FindOpenAsync(entry.RoomId, cancellationToken)).IsRefused(out var refusal, out var room))
        {
            return refusal;
        }

        if ((await check.EnterAsync(room, entry, cancellationToken)).IsRefused(out refusal, out var terms))
        {
            return refusal;
        }

        var elsewhere = await people.FindPlaceAsync(room, entry.Token.Identity, cancellationToken);
        var reservation = await ReserveAsync(room, entry, terms, elsewhere, cancellationToken);
        if (reservation.IsRefused(out refusal, out var reserved))
        {
            return refusal;
        }

        OpenedMedia? opened = null;
        if (entry.Offer.Length > 0)
        {
            // Somebody who takes over may speak only once their other session is closed: never two of them.
            var maySpeak = reserved.MaySpeak && !reserved.IsTakeover;
            var permissions = ParticipantMedia.Permitted(reserved.Stay, maySpeak, reserved.Person.Muted);
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
        EntryTerms terms,
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
                TokenMaySpeak: terms.MaySpeak && entry.Kind != ParticipationKind.Whep,
                entry.Token.Grants.Listen,
                entry.Kind,
                rooms.Now(),
                // Any node finds by it whose it is.
                Resource: isLive ? null : $"{id}.{RandomIds.Next()}",
                Session: null,
                Node: null
            )
            {
                Facts = entry.Token.Facts,
                IsAnonymous = entry.Token.IsAnonymous,
            };
            return entry.Kind == ParticipationKind.Whep && !stay.MayListen
                ? new Refusal(StatusCode.PermissionDenied, "The access token lacks the grant listen.")
                : Reserve(room, entry, terms, stay, isTakeover: present is not null);
        }
    }

    /// <summary>Asks the room, before any media is opened, as what they would come in.</summary>
    private Outcome<Reservation> Reserve(
        LiveRoom room,
        Entry entry,
        EntryTerms terms,
        Participation stay,
        bool isTakeover
    )
    {
        var person = new Person(
            stay.ParticipantId,
            entry.Token.Identity,
            stay.Name,
            new MediaId(stay.MediaId),
            entry.Muted,
            stay.IsAnonymous
        );
        var enter = terms.Command(person, stay, rooms.Now());
        var decision = room.Current.Decide(enter);
        if (decision.Refusal is { } refusal)
        {
            return Refusal.Of(refusal);
        }

        var then = room.Current.Apply(decision.Events);
        return new Reservation(
            stay,
            then.OnStage(person.Id)?.Person ?? person,
            enter,
            MaySpeak: then.MaySpeak(person.Id),
            isTakeover
        );
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
        var claim = await ClaimAsync(room, reserved, opened, cancellationToken);
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
        Reservation reserved,
        OpenedMedia? opened,
        CancellationToken cancellationToken
    )
    {
        if (room.Current.Decide(reserved.Enter).Refusal is { } refusal)
        {
            return new Claim(Refusal.Of(refusal), null, null);
        }

        var seated = reserved.Stay with { Session = opened?.Session.Id, Node = opened?.Session.Node.Name };
        var outcome = await people.ClaimAsync(
            room,
            seated,
            reserved.Person.Muted,
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
            : await room.CommitAsync(reserved.Enter with { At = rooms.Now() }, cancellationToken);
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
        participant.Muted = room.Current.OnStage(participant.Id)?.Person.Muted ?? entry.Muted;
        participant.LostAt = null;
        participant.LossShown = false;
        participant.Connection = entry.Connection;
        room.AttendanceChanged();
        return participant;
    }

    /// <param name="Stay">The stay it will be.</param>
    /// <param name="Person">As the room would see them.</param>
    /// <param name="Enter">The command that takes them in.</param>
    /// <param name="MaySpeak">Whether they would be heard.</param>
    /// <param name="IsTakeover">The account is in the room already.</param>
    private sealed record Reservation(
        Participation Stay,
        Person Person,
        RoomCommand.Enter Enter,
        bool MaySpeak,
        bool IsTakeover
    );

    /// <summary>Without refusal and place: the store is away, and they come in by what this node knows.</summary>
    private sealed record Claim(Refusal? Refusal, Place? Now, Place? Before);
}
