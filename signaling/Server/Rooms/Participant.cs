using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Sessions;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Somebody who is in a room and looked after by this node, listener or not.</summary>
/// <remarks>
/// Changed under the room's gate, but for <see cref="Media"/>: a session is set under <see cref="MediaGate"/> and
/// dropped
/// from any thread, at once, when its node dies.
/// </remarks>
internal sealed class Participant(Participation participation, long joinOrder, Action<Participant> touched)
{
    private MediaSession? _media;
    private bool _muted;
    private ClientSession? _connection;
    private int _isTouched;
    private bool _isTakingOver;

    public Participation Participation { get; set; } = participation;

    public ParticipantId Id => Participation.ParticipantId;

    public Identity Identity { get; } = new(participation.Identity);

    /// <summary>Grows with every person who joins the room; the order of the roster.</summary>
    public long JoinOrder { get; } = joinOrder;

    /// <summary>As <see cref="Place.Fence"/>; 0 while the place is not granted: the store was away.</summary>
    public long Fence { get; private set; }

    /// <summary>As <see cref="Place.Order"/>.</summary>
    public long Order { get; private set; }

    /// <summary>Whether the shared place is behind what is known here.</summary>
    public bool IsTouched
    {
        get => Volatile.Read(ref _isTouched) != 0;
        set => Volatile.Write(ref _isTouched, value ? 1 : 0);
    }

    public bool Muted
    {
        get => _muted;
        set
        {
            _muted = value;
            Touch();
        }
    }

    /// <summary>Null while the connection is lost, and for WHIP and WHEP.</summary>
    public ClientSession? Connection
    {
        get => _connection;
        set
        {
            _connection = value;
            Touch();
        }
    }

    /// <summary>When the connection was lost; null while there is one, and for WHIP and WHEP.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>While another session of theirs is being closed: there are never two who speak for one.</summary>
    public bool IsTakingOver
    {
        get => Volatile.Read(ref _isTakingOver);
        set => Volatile.Write(ref _isTakingOver, value);
    }

    /// <summary>Whether the stage was told that the connection is lost.</summary>
    public bool LossShown { get; set; }

    /// <summary>One media operation at a time, so that the last permission asked for is the last one sent.</summary>
    public AsyncGate MediaGate { get; } = new();

    public MediaSession? Media => Volatile.Read(ref _media);

    /// <summary>The node that was lost with a session of this person, until they have a new one.</summary>
    public SfuNode? StrandedOn { get; set; }

    /// <summary>
    /// The ETag of a WHIP or WHEP resource (RFC 9725 section 4.3.1); null when another process knew it.
    /// </summary>
    public string? IceTag { get; set; }

    public Person Person =>
        new(Id, Identity, Participation.Name, new MediaId(Participation.MediaId), Muted, Participation.IsAnonymous);

    public MediaSession? ExchangeMedia(MediaSession? session)
    {
        var before = Interlocked.Exchange(ref _media, session);
        Touch();
        return before;
    }

    /// <returns>False when it was dropped or replaced before.</returns>
    public bool TryDropMedia(MediaSession session)
    {
        var dropped = Interlocked.CompareExchange(ref _media, null, session) == session;
        Touch();
        return dropped;
    }

    /// <summary>The place was granted to this node.</summary>
    public void Granted(Place place) => (Fence, Order) = (place.Fence, place.Order);

    /// <summary>Something that other nodes may want to know has changed. Any thread.</summary>
    public void Touch()
    {
        if (Interlocked.Exchange(ref _isTouched, 1) == 0)
        {
            touched(this);
        }
    }

    /// <summary>What all nodes are to know.</summary>
    public Place PlaceOn(NodeName node)
    {
        var media = Media;
        return Places.Of(
            Participation with
            {
                Session = media?.Id,
                Node = media?.Node.Name,
            },
            node,
            Muted,
            isConnected: Connection is not null || Participation.Kind != ParticipationKind.Live
        ) with
        {
            Fence = Fence,
            Order = Order,
        };
    }
}
