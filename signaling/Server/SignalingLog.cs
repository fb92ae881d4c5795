using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;
using Spaces.V1;

namespace Spaces.Signaling.Server;

/// <summary>All it logs. Ids: 100s process, 200s rooms, 300s sessions, 400s media nodes, 500s rules.</summary>
internal static partial class SignalingLog
{
    [LoggerMessage(
        100,
        LogLevel.Warning,
        "Development mode: whoever reaches this server gets a token. Unset SPACES_DEVELOPMENT anywhere but at home"
    )]
    public static partial void DevelopmentMode(ILogger logger);

    [LoggerMessage(101, LogLevel.Information, "Journal opened: {LiveRooms} live rooms, {EndedRooms} ended ones")]
    public static partial void JournalOpened(ILogger logger, int liveRooms, int endedRooms);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "The journal ended in {CutOffBytes} damaged bytes, moved to rooms.journal.damaged; commits in them are lost"
    )]
    public static partial void JournalCutOff(ILogger logger, long cutOffBytes);

    [LoggerMessage(103, LogLevel.Information, "Shutting down; {Connections} clients are asked to resume")]
    public static partial void ShuttingDown(ILogger logger, int connections);

    [LoggerMessage(104, LogLevel.Warning, "No SPACES_DATA_DIR: rooms live in memory and end with this process")]
    public static partial void NoJournal(ILogger logger);

    [LoggerMessage(105, LogLevel.Error, "Work in the background failed")]
    public static partial void BackgroundFailed(ILogger logger, Exception? error);

    [LoggerMessage(110, LogLevel.Warning, "A stored {Kind} cannot be read and was put aside: {Name}. {Reason}")]
    public static partial void Quarantined(ILogger logger, string kind, string name, string reason);

    [LoggerMessage(111, LogLevel.Error, "The store does not answer; rooms known here go on. {Reason}")]
    public static partial void StoreLost(ILogger logger, string reason);

    [LoggerMessage(112, LogLevel.Information, "The store answers: {Store}")]
    public static partial void StoreFound(ILogger logger, string store);

    [LoggerMessage(113, LogLevel.Error, "The store refused a call: {Reason}")]
    public static partial void StoreRefused(ILogger logger, string reason);

    [LoggerMessage(
        114,
        LogLevel.Warning,
        "The journal of records ended in {CutOffBytes} damaged bytes, moved to records.journal.damaged"
    )]
    public static partial void RecordsCutOff(ILogger logger, long cutOffBytes);

    [LoggerMessage(
        106,
        LogLevel.Warning,
        "The store does not answer: live rooms go on, and what changes them is refused. {Problem}"
    )]
    public static partial void StoreAway(ILogger logger, string problem);

    [LoggerMessage(107, LogLevel.Information, "The store answers again")]
    public static partial void StoreBack(ILogger logger);

    [LoggerMessage(
        108,
        LogLevel.Warning,
        "Signaling node {Node} is gone; {People} of its people are looked after here"
    )]
    public static partial void NodeAdopted(ILogger logger, string node, int people);

    [LoggerMessage(200, LogLevel.Information, "Room {Room} opened")]
    public static partial void RoomOpened(ILogger logger, RoomId room);

    [LoggerMessage(201, LogLevel.Information, "Room {Room} ended")]
    public static partial void RoomEnded(ILogger logger, RoomId room);

    [LoggerMessage(202, LogLevel.Information, "Room {Room}: {Participant} joined, {Kind}")]
    public static partial void Joined(ILogger logger, RoomId room, ParticipantId participant, ParticipationKind kind);

    [LoggerMessage(203, LogLevel.Information, "Room {Room}: {Participant} resumed")]
    public static partial void Resumed(ILogger logger, RoomId room, ParticipantId participant);

    [LoggerMessage(204, LogLevel.Information, "Room {Room}: {Participant} left")]
    public static partial void Left(ILogger logger, RoomId room, ParticipantId participant);

    [LoggerMessage(205, LogLevel.Information, "Room {Room}: {Participant} is with signaling node {Node} now")]
    public static partial void LetGo(ILogger logger, RoomId room, ParticipantId participant, string node);

    [LoggerMessage(206, LogLevel.Information, "Room {Room}: {Participant} was put out, {Reason}")]
    public static partial void SentOut(ILogger logger, RoomId room, ParticipantId participant, GoodbyeReason reason);

    [LoggerMessage(300, LogLevel.Error, "Request {Request} failed")]
    public static partial void RequestFailed(ILogger logger, ClientMessage.RequestOneofCase request, Exception error);

    [LoggerMessage(301, LogLevel.Debug, "A WebSocket of an origin that is not allowed was refused")]
    public static partial void OriginRefused(ILogger logger);

    [LoggerMessage(302, LogLevel.Debug, "A WebSocket broke: {Reason}")]
    public static partial void SocketBroke(ILogger logger, string reason);

    [LoggerMessage(400, LogLevel.Information, "Media node {Node} found with {Sessions} sessions")]
    public static partial void NodeFound(ILogger logger, string node, int sessions);

    [LoggerMessage(401, LogLevel.Warning, "Media node {Node} lost; its clients are told to open media anew")]
    public static partial void NodeLost(ILogger logger, string node);

    [LoggerMessage(402, LogLevel.Information, "The stream from media node {Node} broke: {Reason}")]
    public static partial void NodeStreamBroke(ILogger logger, string node, string reason);

    [LoggerMessage(403, LogLevel.Information, "Media node {Node}: a session nobody claims, of room {Room}, is closed")]
    public static partial void OrphanClosed(ILogger logger, string node, string room);

    [LoggerMessage(405, LogLevel.Information, "{Method} on media node {Node}: {Status}")]
    public static partial void ControlCallFailed(ILogger logger, string method, string node, StatusCode status);

    [LoggerMessage(500, LogLevel.Information, "Rules of capabilities are in force as of version {Version}")]
    public static partial void RulesChanged(ILogger logger, long version);

    [LoggerMessage(501, LogLevel.Warning, "The rules of capabilities could not be read; the last ones go on")]
    public static partial void RulesUnread(ILogger logger, Exception error);

    [LoggerMessage(510, LogLevel.Warning, "What the operator forbids could not be read; what was read last goes on")]
    public static partial void RestrictionsUnread(ILogger logger, Exception error);

    [LoggerMessage(520, LogLevel.Information, "Webhook {Webhook} answered {Status}; it is sent again")]
    public static partial void WebhookRefused(ILogger logger, string webhook, int status);

    [LoggerMessage(521, LogLevel.Information, "Webhook {Webhook} was not reached ({Error}); it is sent again")]
    public static partial void WebhookUnreached(ILogger logger, string webhook, string error);
}
