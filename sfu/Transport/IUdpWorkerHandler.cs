namespace Spaces.Sfu.Transport;

/// <summary>What an <see cref="IDatagramLoop"/> drives. Every member runs on the loop's thread.</summary>
public interface IUdpWorkerHandler
{
    /// <summary>Takes in one datagram.</summary>
    /// <param name="nowNanoseconds">The monotonic clock when the batch arrived.</param>
    /// <param name="socket">Which of the worker's sockets.</param>
    /// <param name="source">Where it claims to come from.</param>
    /// <param name="datagram">The caller's buffer; may be changed in place, and is reused after the call.</param>
    void HandleDatagram(long nowNanoseconds, int socket, DatagramAddress source, Span<byte> datagram);

    /// <summary>
    /// Does what other threads left, then what is due. Called once a turn, before the sends are flushed.
    /// </summary>
    /// <returns>When to be called again at the latest, on the same clock.</returns>
    long HandleTurn(long nowNanoseconds);

    /// <summary>The turn's datagrams are with the kernel.</summary>
    void HandleFlushed();

    /// <summary>An exception reached the loop, which goes on.</summary>
    void HandleFault(Exception exception);
}
