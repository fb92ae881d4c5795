namespace Spaces.Sfu.Server.Hosting;

/// <summary>Computes the handshakes of all workers: on threads of its own, or in a simulation's time.</summary>
internal interface IHandshakePool : IDisposable
{
    void Start();

    /// <summary>Has <see cref="SessionHandshake.Run"/> called soon. From a worker's thread; does not wait.</summary>
    /// <returns>False when too many wait.</returns>
    bool TryRun(SessionHandshake handshake);

    /// <summary>Ends; what still waits is forgotten.</summary>
    void Stop();
}
