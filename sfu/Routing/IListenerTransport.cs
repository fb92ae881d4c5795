namespace Spaces.Sfu.Routing;

/// <summary>The way to one listener: SRTP and a send batch in production, a list in tests.</summary>
public interface IListenerTransport
{
    /// <summary>
    /// A buffer with room for a packet and its protection; false while the listener cannot be reached.
    /// </summary>
    bool TryRent(out Span<byte> buffer);

    /// <summary>Protects the rented buffer's first <paramref name="length"/> bytes and queues them.</summary>
    void Send(int length);

    /// <summary>
    /// As <see cref="Send"/>, for a packet that went out before: its bytes must be those of the first time.
    /// </summary>
    void SendAgain(int length);
}
