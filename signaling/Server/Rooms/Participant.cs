using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.Signaling.Server.Media;
using Spaces.Signaling.Server.Sessions;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Somebody who is in a room of this process, listener or not.</summary>
/// <remarks>
/// Changed under the room's gate, but for <see cref="Media"/>: a session is set under <see cref="MediaGate"/> and
/// dropped
/// from any thread, at once, when its node dies.
/// </remarks>
internal sealed class Participant(Participation participation, long joinOrder)
{
    private MediaSession? _media;

    public Participation Participation { get; set; } = participation;

    public ParticipantId Id => Participation.ParticipantId;

    public Identity Identity { get; } = new(participation.Identity);

    /// <summary>Grows with every person who joins the room; the order of the roster.</summary>
    public long JoinOrder { get; } = joinOrder;

    public bool Muted { get; set; }

    /// <summary>Null while the connection is lost, and for WHIP and WHEP.</summary>
    public ClientSession? Connection { get; set; }

    /// <summary>When the connection was lost; null while there is one, and for WHIP and WHEP.</summary>
    public DateTimeOffset? LostAt { get; set; }

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

    public Person Person => new(Id, Identity, Participation.Name, new MediaId(Participation.MediaId), Muted);

    public MediaSession? ExchangeMedia(MediaSession? session) => Interlocked.Exchange(ref _media, session);

    /// <returns>False when it was dropped or replaced before.</returns>
    public bool TryDropMedia(MediaSession session) => Interlocked.CompareExchange(ref _media, null, session) == session;
}
