using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Srtp;
using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Telemetry;

/// <summary>
/// Every log message of the process. 100s: control; 200s: sessions; 300s: workers; 400s: the process.
/// </summary>
/// <remarks>Addresses appear at Debug only; offers, answers, passwords and keys never.</remarks>
internal static partial class SfuLog
{
    [LoggerMessage(100, LogLevel.Information, "Session {Session} opened in room {Room} on worker {Worker}")]
    public static partial void SessionOpened(ILogger logger, string session, string room, int worker);

    [LoggerMessage(101, LogLevel.Information, "Session {Session} closed")]
    public static partial void SessionClosed(ILogger logger, string session);

    [LoggerMessage(102, LogLevel.Information, "Offer of session {Session} refused: {Reason}")]
    public static partial void OfferRefused(ILogger logger, string session, string reason);

    [LoggerMessage(103, LogLevel.Warning, "A call to {Method} came without the control key")]
    public static partial void CallUnauthenticated(ILogger logger, string method);

    [LoggerMessage(104, LogLevel.Warning, "A watcher did not keep up and was cut off; it will ask for a snapshot anew")]
    public static partial void WatcherCutOff(ILogger logger);

    [LoggerMessage(
        105,
        LogLevel.Debug,
        "Session {Session}: publish {MayPublish}, muted {IsMuted}, subscribe {MaySubscribe}"
    )]
    public static partial void PermissionsSet(
        ILogger logger,
        string session,
        bool mayPublish,
        bool isMuted,
        bool maySubscribe
    );

    [LoggerMessage(200, LogLevel.Information, "Session {Session} connected with {Profile}")]
    public static partial void SessionConnected(ILogger logger, string session, SrtpProfile profile);

    [LoggerMessage(201, LogLevel.Information, "Session {Session} lost, {End}: {Reason}")]
    public static partial void SessionLost(ILogger logger, string session, SessionEnd end, string reason);

    [LoggerMessage(202, LogLevel.Debug, "Session {Session} moved to {Path}")]
    public static partial void PathChanged(ILogger logger, string session, NetworkPath path);

    [LoggerMessage(300, LogLevel.Error, "Worker {Worker} met a fault, its {Count}th, and went on")]
    public static partial void WorkerFault(ILogger logger, Exception exception, int worker, long count);

    [LoggerMessage(301, LogLevel.Error, "A handshake met a fault; its session will end by its deadline")]
    public static partial void HandshakeFault(ILogger logger, Exception exception);

    [LoggerMessage(
        400,
        LogLevel.Information,
        "Node {Node}: {Workers} workers, UDP ports {Ports}, {Addresses} addresses"
    )]
    public static partial void NodeStarted(ILogger logger, string node, int workers, string ports, int addresses);

    [LoggerMessage(401, LogLevel.Information, "Node {Node} stopped")]
    public static partial void NodeStopped(ILogger logger, string node);

    [LoggerMessage(402, LogLevel.Debug, "UDP bound: {EndPoint}, receive buffer {ReceiveBuffer} bytes")]
    public static partial void SocketBound(ILogger logger, System.Net.IPEndPoint endPoint, int receiveBuffer);

    [LoggerMessage(403, LogLevel.Warning, "This processor lacks AES instructions; packets cost several times as much")]
    public static partial void AesNotAccelerated(ILogger logger);
}
