using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Accounts;

namespace Spaces.Signaling.Server.Access;

/// <summary>How somebody takes part.</summary>
internal enum ParticipationKind
{
    /// <summary>Over a live connection, WebSocket or gRPC.</summary>
    Live,

    /// <summary>Publishes through WHIP (RFC 9725).</summary>
    Whip,

    /// <summary>Listens through WHEP.</summary>
    Whep,
}

/// <summary>
/// All that makes somebody's stay in a room, whole in itself: what a resume token says, and what a media node keeps for
/// us
/// as a session's context. From either, a signaling node that starts anew knows who is here.
/// </summary>
/// <remarks>
/// <see cref="Stay"/> is random and changes when another connection of the same account takes over; empty: not known
/// yet.
/// <see cref="Resource"/> is that of WHIP or WHEP. <see cref="Session"/> and <see cref="Node"/> are null without media.
/// <see cref="Home"/> is the signaling node that opened a session; in a media node's context only.
/// </remarks>
internal sealed record Participation(
    string KeyId,
    string Room,
    string Participant,
    string Identity,
    string Name,
    uint MediaId,
    string Stay,
    bool TokenMaySpeak,
    bool MayListen,
    ParticipationKind Kind,
    DateTimeOffset JoinedAt,
    string? Resource,
    string? Session,
    string? Node,
    string? Home = null
)
{
    /// <summary>What the token said of the account; null: nothing, or not known yet.</summary>
    public AccountFacts? Facts { get; init; }

    /// <summary>Somebody without an account: may listen where the room allows it, and no more.</summary>
    public bool IsAnonymous { get; init; }

    public RoomId RoomId => new(Room);

    public ParticipantId ParticipantId => new(Participant);
}
