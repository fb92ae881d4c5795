using Spaces.Sfu.Server.Sessions;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>Who wants to know what becomes of sessions. Called on worker threads; must not wait.</summary>
internal interface ISessionObserver
{
    void HandleConnected(MediaSession session);

    /// <summary>The session ended without being asked to; its worker has forgotten it already.</summary>
    void HandleLost(MediaSession session, SessionEnd end);
}
