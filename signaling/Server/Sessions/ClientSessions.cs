using System.Collections.Concurrent;
using Spaces.V1;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>Every open client connection of this process, whatever it travels over.</summary>
internal sealed class ClientSessions(SessionServices services)
{
    private readonly ConcurrentDictionary<ClientSession, byte> _open = new();
    private volatile bool _isShuttingDown;

    public int Count => _open.Count;

    /// <param name="token">The access token the transport carried; null: it comes with the first message.</param>
    public ClientSession Open(string? token)
    {
        var session = new ClientSession(services, token);
        _open[session] = 0;
        if (_isShuttingDown)
        {
            SayShuttingDown(session);
        }

        return session;
    }

    /// <summary>The connection is closed.</summary>
    public async Task CloseAsync(ClientSession session)
    {
        _open.TryRemove(session, out _);
        await session.DisconnectedAsync();
    }

    public void CheckDeadlines()
    {
        foreach (var session in _open.Keys)
        {
            session.CheckDeadline();
        }
    }

    /// <summary>Asks every client to resume on another node, or here when this one is back.</summary>
    public void ShutDown()
    {
        _isShuttingDown = true;
        foreach (var session in _open.Keys)
        {
            SayShuttingDown(session);
        }
    }

    private static void SayShuttingDown(ClientSession session) =>
        session.End(
            GoodbyeReason.ShuttingDown,
            GoodbyeAction.Resume,
            "This server is shutting down. Connect again.",
            Rooms.Refusal.Backoff()
        );
}
