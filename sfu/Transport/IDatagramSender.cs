namespace Spaces.Sfu.Transport;

/// <summary>Takes outgoing datagrams, written in place. <see cref="Rent"/>, fill, <see cref="Commit"/>.</summary>
public interface IDatagramSender
{
    /// <summary>
    /// A buffer of <see cref="SendBatch.DatagramLengthMax"/> bytes for the next datagram. If it is not committed, it is
    /// handed out again.
    /// </summary>
    Span<byte> Rent(DatagramAddress destination);

    /// <summary>The buffer that was rented last, for whoever could not keep the span.</summary>
    Span<byte> Rented { get; }

    /// <summary>Queues the rented buffer's first <paramref name="length"/> bytes.</summary>
    void Commit(int length);
}
