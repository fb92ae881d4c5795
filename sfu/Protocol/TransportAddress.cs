namespace Spaces.Sfu.Protocol;

/// <summary>
/// An IP address and UDP port as a value: no allocation, and one form for each address. IPv4 is held as its mapped
/// IPv6 address (::ffff:a.b.c.d), so that the two spellings of one peer compare equal.
/// </summary>
/// <param name="Ip">The address in network order, IPv4 mapped into IPv6 (RFC 4291 §2.5.5.2).</param>
/// <param name="Port">The UDP port.</param>
public readonly record struct TransportAddress(UInt128 Ip, ushort Port);

/// <summary>Where a datagram came from and where the answer goes: the peer's address and our own socket.</summary>
/// <param name="Remote">The peer.</param>
/// <param name="LocalSocket">Which of the worker's sockets, by index; one socket per local address.</param>
public readonly record struct NetworkPath(TransportAddress Remote, int LocalSocket);

/// <summary>A datagram that a protocol wants sent.</summary>
public readonly record struct Transmit(NetworkPath Path, ReadOnlyMemory<byte> Payload);
