using Google.Protobuf;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Rooms;
using Spaces.V1;
using Participant = Spaces.Signaling.Server.Rooms.Participant;

namespace Spaces.Signaling.Server.Media;

/// <summary>An opened media session and the answer for its client.</summary>
internal sealed record OpenedMedia(MediaSession Session, string Answer, string IceTag);

/// <summary>Opens, permits, restarts and ends the media of participants on their room's node.</summary>
internal sealed class ParticipantMedia(
    SfuCluster cluster,
    INodes nodes,
    ClusterNode self,
    SignalingMetrics metrics,
    ILogger<ParticipantMedia> logger
)
{
    public const int OfferLengthMax = 64 * 1024;

    private static readonly SessionPermissions Nothing = new();

    /// <summary>What the room's state and the token let somebody do on the media node.</summary>
    public static SessionPermissions Permitted(LiveRoom room, Participant participant)
    {
        if (room.IsOver)
        {
            return Nothing;
        }

        var stay = participant.Participation;
        var maySpeak = !participant.IsTakingOver && room.Current.MaySpeak(participant.Id);
        return Permitted(stay, maySpeak, participant.Muted);
    }

    public static SessionPermissions Permitted(Participation stay, bool maySpeak, bool muted) =>
        new()
        {
            MayPublish = maySpeak && stay.Kind != ParticipationKind.Whep,
            Muted = muted,
            MaySubscribe = stay.MayListen && stay.Kind != ParticipationKind.Whip,
        };

    /// <summary>Opens a session that belongs to nobody yet.</summary>
    public async Task<Outcome<OpenedMedia>> OpenAsync(
        LiveRoom room,
        Participation stay,
        string offer,
        SessionPermissions permissions,
        CancellationToken cancellationToken
    )
    {
        if (offer.Length > OfferLengthMax)
        {
            return new Refusal(StatusCode.InvalidArgument, $"The offer is longer than {OfferLengthMax} characters.");
        }

        if (await NodeOfAsync(room, cancellationToken) is not { } node)
        {
            return Refusal.NoMediaNode;
        }

        var session = new MediaSession(RandomIds.Next(), node, room);
        cluster.Register(session);
        var request = new OpenSessionRequest
        {
            SessionId = session.Id,
            RoomId = room.Id.Value,
            MediaId = stay.MediaId,
            SdpOffer = offer,
            Permissions = permissions,
            Context = ByteString.CopyFrom(
                ResumeTokens.ToContext(stay with { Session = session.Id, Node = node.Name, Home = self.Name.Value })
            ),
        };
        try
        {
            using var timing = metrics.TimeControlCall("OpenSession");
            var response = await node.OpenSessionAsync(request, cancellationToken);
            session.Applied = permissions;
            session.IsOpen = true;
            return new OpenedMedia(session, response.SdpAnswer, response.IceUfrag);
        }
        catch (RpcException error)
        {
            cluster.Forget(session);
            SignalingLog.ControlCallFailed(logger, "OpenSession", node.Name, error.StatusCode);
            if (MayHaveOpened(error.StatusCode))
            {
                _ = cluster.CloseAsync(session);
            }

            return RefusalOf(error);
        }
    }

    /// <summary>Opens media for somebody in the room, in place of what they had.</summary>
    public async Task<Outcome<OpenedMedia>> ReopenAsync(
        LiveRoom room,
        Participant participant,
        string offer,
        CancellationToken cancellationToken
    )
    {
        Outcome<OpenedMedia> outcome;
        using (await participant.MediaGate.EnterAsync(cancellationToken))
        {
            if (participant.ExchangeMedia(null) is { } before)
            {
                await cluster.CloseAsync(before);
            }

            var permissions = Permitted(room, participant);
            outcome = await OpenAsync(room, participant.Participation, offer, permissions, cancellationToken);
            if (outcome.IsRefused(out _, out var opened))
            {
                return outcome;
            }

            Assign(participant, opened.Session);
        }

        await SettleAsync(room, participant);
        return outcome;
    }

    /// <summary>Makes a session somebody's.</summary>
    public static void Assign(Participant participant, MediaSession session)
    {
        session.Owner = participant;
        participant.StrandedOn = null;
        participant.ExchangeMedia(session);
        if (session.IsLost && participant.TryDropMedia(session))
        {
            participant.Connection?.TellMediaLost(MediaLostReason.NodeLost);
        }
    }

    /// <summary>Brings the node to what the room's state permits; when it returns null, that is in force.</summary>
    /// <remarks>
    /// What is decided must come into force, so whoever asked cannot call it off, not even by going away.
    /// </remarks>
    /// <returns>Why it is not in force; it is tried again until it is.</returns>
    public async Task<Refusal?> SettleAsync(LiveRoom room, Participant participant)
    {
        using (await participant.MediaGate.EnterAsync(CancellationToken.None))
        {
            while (participant.Media is { } session)
            {
                var permitted = Permitted(room, participant);
                if (permitted.Equals(session.Applied))
                {
                    return null;
                }

                if (await ApplyAsync(session, permitted) is { } refusal)
                {
                    return refusal;
                }
            }

            return participant.StrandedOn is { IsAlive: false } ? NotYetInForce() : null;
        }
    }

    /// <summary>
    /// As <see cref="SettleAsync"/>, after a while and for as long as it takes, without anybody waiting.
    /// </summary>
    public async Task SettleLaterAsync(LiveRoom room, Participant participant)
    {
        while (participant.Media is { Node.IsAlive: true })
        {
            if (await SettleAsync(room, participant) is null)
            {
                return;
            }

            await Task.Delay(Refusal.Backoff());
        }
    }

    /// <summary>As <see cref="SettleAsync"/>; what is not in force then is tried again until it is.</summary>
    public async Task<Refusal?> SettleOrGoOnAsync(LiveRoom room, Participant participant)
    {
        var refusal = await SettleAsync(room, participant);
        if (refusal is not null)
        {
            _ = SettleLaterAsync(room, participant);
        }

        return refusal;
    }

    public async Task<Outcome<RestartIceResponse>> RestartIceAsync(
        Participant participant,
        Func<string, RestartIceRequest> request,
        CancellationToken cancellationToken
    )
    {
        using (await participant.MediaGate.EnterAsync(cancellationToken))
        {
            if (participant.Media is not { } session)
            {
                return new Refusal(StatusCode.FailedPrecondition, "There is no media session. Open media first.");
            }

            try
            {
                return await session.Node.RestartIceAsync(request(session.Id), cancellationToken);
            }
            catch (RpcException error)
            {
                SignalingLog.ControlCallFailed(logger, "RestartIce", session.Node.Name, error.StatusCode);
                return RefusalOf(error);
            }
        }
    }

    public async Task CloseAsync(Participant participant)
    {
        if (participant.ExchangeMedia(null) is { } session)
        {
            await cluster.CloseAsync(session);
        }
    }

    /// <summary>Ends everything of a room that is over.</summary>
    public async Task CloseRoomAsync(LiveRoom room, IEnumerable<Participant> people)
    {
        foreach (var participant in people)
        {
            if (participant.ExchangeMedia(null) is { } session)
            {
                session.IsLost = true;
                cluster.Forget(session);
            }
        }

        await cluster.CloseRoomAsync(room.Id);
    }

    /// <summary>Whether a refused OpenSession leaves in doubt if there is a session; a clear no does not.</summary>
    private static bool MayHaveOpened(StatusCode code) =>
        code
            is not (
                StatusCode.InvalidArgument
                or StatusCode.ResourceExhausted
                or StatusCode.AlreadyExists
                or StatusCode.Unauthenticated
            );

    public static Refusal NotYetInForce() =>
        Refusal.Unavailable(
            "It is decided and everybody sees it, but the media node cannot be reached; it takes effect when it can."
        );

    private static Refusal RefusalOf(RpcException error)
    {
        if (error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled)
        {
            return Refusal.NoMediaNode;
        }

        if (error.StatusCode == StatusCode.InvalidArgument)
        {
            return new Refusal(StatusCode.InvalidArgument, error.Status.Detail);
        }

        if (error.StatusCode == StatusCode.ResourceExhausted)
        {
            var message = "The media node is full. Try again soon.";
            return new Refusal(StatusCode.ResourceExhausted, message, Refusal.Backoff());
        }

        return error.StatusCode == StatusCode.NotFound
            ? new Refusal(StatusCode.FailedPrecondition, "The media session is gone. Open media.")
            : new Refusal(StatusCode.Internal, "The media node could not do it. Its log says why.");
    }

    private async Task<Refusal?> ApplyAsync(MediaSession session, SessionPermissions permitted)
    {
        try
        {
            using var timing = metrics.TimeControlCall("SetPermissions");
            session.Applied = null;
            await session.Node.SetPermissionsAsync(session.Id, permitted, CancellationToken.None);
            session.Applied = permitted;
            return null;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            cluster.Lose(session, MediaLostReason.NodeLost);
            return null;
        }
        catch (RpcException error)
        {
            SignalingLog.ControlCallFailed(logger, "SetPermissions", session.Node.Name, error.StatusCode);
            return NotYetInForce();
        }
    }

    /// <summary>
    /// The node that all signaling nodes agreed on for the room; it stays there for as long as that node lives.
    /// </summary>
    private async Task<SfuNode?> NodeOfAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        var mine = room.Node is { IsAlive: true } ? room.Node : cluster.Preferred(room.Id, self.IsStoreAway);
        if (mine is null || self.IsStoreAway)
        {
            return room.Node = mine;
        }

        try
        {
            var agreed = await nodes.AgreeOnMediaAsync(room.Id, mine.Name, insteadOf: null, cancellationToken);
            if (cluster.Find(agreed) is not { IsAlive: true })
            {
                agreed = await nodes.AgreeOnMediaAsync(room.Id, mine.Name, insteadOf: agreed, cancellationToken);
            }

            return room.Node = cluster.Find(agreed) is { IsAlive: true } node ? node : mine;
        }
        catch (RoomStoreUnavailableException)
        {
            return room.Node = mine;
        }
    }
}
