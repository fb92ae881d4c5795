using Spaces.Sfu.Protocol;

namespace Spaces.Load.Swarm;

/// <summary>
/// The network side of many simulated participants: each has an address of its own, none has a thread.
/// </summary>
/// <remarks>
/// One thread calls. IPv4 only: a generator needs one family, and tells participants apart by address or port.
/// </remarks>
internal interface ISwarmSocket : IDisposable
{
    /// <summary>Datagrams that the kernel threw away because this side did not read them in time.</summary>
    long DroppedCount { get; }

    /// <summary>Takes in datagrams that have arrived, without waiting.</summary>
    /// <returns>How many <see cref="Get"/> now serves; 0 when there is nothing to read.</returns>
    int Receive();

    /// <summary>A datagram of the last <see cref="Receive"/>; valid until the next.</summary>
    ReceivedDatagram Get(int index);

    /// <summary>Sends from a participant's address. A full or broken network drops it, as networks do.</summary>
    void Send(int participant, TransportAddress remote, ReadOnlySpan<byte> payload);

    /// <summary>Waits until something can be read, at most this long.</summary>
    void Wait(long timeoutNanoseconds);
}

/// <summary>A received datagram, where it lies.</summary>
internal readonly ref struct ReceivedDatagram
{
    /// <summary>Whose address it was sent to.</summary>
    public required int Participant { get; init; }

    public required TransportAddress Source { get; init; }

    /// <summary>Wall time at which the kernel took it in, nanoseconds: not delayed by a busy reader.</summary>
    public required long ArrivedNanoseconds { get; init; }

    public required Span<byte> Payload { get; init; }
}
