namespace Spaces.Load.Sessions;

/// <summary>How simulated participants get their SDP answer.</summary>
internal interface IMediaEntry : IAsyncDisposable
{
    /// <summary>Where the server is, to choose among its candidates; null when any will do.</summary>
    System.Net.IPAddress? Host { get; }

    /// <summary>Opens a session that speaks (<paramref name="publishes"/>) or listens.</summary>
    /// <returns>The SDP answer.</returns>
    /// <exception cref="IOException">The server refused; the message is the server's.</exception>
    Task<string> OpenAsync(int participant, string offer, bool publishes, CancellationToken cancellationToken);

    /// <summary>Ends every session that was opened here.</summary>
    Task CloseAllAsync(CancellationToken cancellationToken);
}
