using System.Diagnostics.CodeAnalysis;

namespace Spaces.Sfu.Protocol.Ice;

/// <summary>
/// One end of ICE for one peer: the server's <see cref="IceLiteAgent"/> or a client's <see cref="IceClient"/>.
/// </summary>
/// <remarks>
/// Sans-IO. After every call that takes a time, drain <see cref="TryDequeueTransmit"/> and
/// <see cref="TryDequeueEvent"/>, then wait for a datagram or <see cref="NextTimeout"/>. Not thread-safe.
/// </remarks>
public interface IIceAgent
{
    /// <summary>Where data goes, or null while there is no consent to send any.</summary>
    NetworkPath? SelectedPath { get; }

    /// <summary>When to call <see cref="HandleTimeout"/> next, or null for "only on a datagram".</summary>
    Instant? NextTimeout { get; }

    /// <summary>
    /// Whether the peer has proven within the consent time that it is there. Hot path: no allocation.
    /// </summary>
    bool IsAuthenticated(NetworkPath path);

    /// <summary>Whether one of the path's checks cannot have been a replay of what somebody captured.</summary>
    bool IsProven(NetworkPath path);

    /// <returns>False when the datagram is no authenticated message for this agent; it changed nothing then.</returns>
    bool HandleDatagram(Instant now, NetworkPath path, ReadOnlySpan<byte> datagram);

    void HandleTimeout(Instant now);

    /// <summary>DTLS or SRTP from this path was just proven genuine and fresh.</summary>
    void HandleProof(NetworkPath path);

    /// <summary>
    /// Takes new credentials (RFC 8445 §9). The selected path stays until the new ones prove another.
    /// </summary>
    void Restart(Instant now, IceCredentials local, IceCredentials remote);

    bool TryDequeueTransmit(out Transmit transmit);

    bool TryDequeueEvent([NotNullWhen(true)] out IceEvent? iceEvent);
}
