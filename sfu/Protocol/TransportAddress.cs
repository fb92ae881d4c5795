using System.Buffers.Binary;
using System.Net;

namespace Spaces.Sfu.Protocol;

/// <summary>
/// An IP address and UDP port as a value: no allocation, and one form for each address. IPv4 is held as its mapped
/// IPv6 address (::ffff:a.b.c.d), so that the two spellings of one peer compare equal.
/// </summary>
/// <param name="Ip">The address in network order, IPv4 mapped into IPv6 (RFC 4291 §2.5.5.2).</param>
/// <param name="Port">The UDP port.</param>
public readonly record struct TransportAddress(UInt128 Ip, ushort Port)
{
    /// <summary>As people write it: <c>192.0.2.1:5000</c> or <c>[2001:db8::1]:5000</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Ip);
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port).ToString();
    }
}

/// <summary>Where a datagram came from and where the answer goes: the peer's address and our own socket.</summary>
/// <param name="Remote">The peer.</param>
/// <param name="LocalSocket">Which of the worker's sockets, by index; one socket per local address.</param>
public readonly record struct NetworkPath(TransportAddress Remote, int LocalSocket)
{
    public override string ToString() => $"{Remote} by socket {LocalSocket}";
}

/// <summary>A datagram that a protocol wants sent.</summary>
public readonly record struct Transmit(NetworkPath Path, ReadOnlyMemory<byte> Payload);
