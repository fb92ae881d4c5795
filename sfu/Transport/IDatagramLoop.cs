namespace Spaces.Sfu.Transport;

/// <summary>What drives one worker: a thread with sockets of its own, or a simulation with virtual time.</summary>
public interface IDatagramLoop : IDisposable
{
    /// <summary>The UDP port, the same on every address.</summary>
    int Port { get; }

    WorkerCounters Counters { get; }

    /// <summary>The monotonic clock that the handler's times are on, in nanoseconds. From any thread.</summary>
    long Now();

    /// <summary>What socket <paramref name="socket"/> sends; for the handler's calls only.</summary>
    IDatagramSender Sends(int socket);

    /// <summary>Begins to call <paramref name="handler"/>, always from the same thread.</summary>
    void Start(IUdpWorkerHandler handler);

    /// <summary>Makes the loop take a turn soon. From any thread.</summary>
    void Wake();

    /// <summary>Ends the loop; afterwards the handler is called no more.</summary>
    void Stop();
}
