using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Spaces.Sfu.Transport;

/// <summary>
/// An IP address and UDP port as a value; IPv4 is held as its mapped IPv6 address (RFC 4291 §2.5.5.2).
/// </summary>
/// <param name="Ip">The address in network order.</param>
/// <param name="Port">The UDP port.</param>
public readonly record struct DatagramAddress(UInt128 Ip, ushort Port)
{
    private const int Ipv6Length = 16;

    public static DatagramAddress From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[Ipv6Length];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new DatagramAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), checked((ushort)port));
    }

    /// <summary>For logs and tests; allocates.</summary>
    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[Ipv6Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Ip);
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port);
    }

    /// <summary>Whether a socket of <paramref name="family"/> can reach it.</summary>
    public bool IsReachableFrom(AddressFamily family) => (Ip >> 32 == 0xFFFF) == (family == AddressFamily.InterNetwork);
}
