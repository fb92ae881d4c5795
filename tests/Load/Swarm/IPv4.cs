using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Spaces.Load.Interop;
using Spaces.Sfu.Protocol;

namespace Spaces.Load.Swarm;

/// <summary>
/// IPv4 addresses between their three forms: a number in host order, the protocol's value, the kernel's struct.
/// </summary>
internal static class IPv4
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32; // ::ffff:0:0/96, RFC 4291 section 2.5.5.2

    public static TransportAddress ToTransportAddress(uint address, ushort port) => new(MappedPrefix | address, port);

    /// <summary>The address as a number in host order.</summary>
    /// <exception cref="NotSupportedException">It is an IPv6 address.</exception>
    public static uint ToNumber(TransportAddress address) =>
        address.Ip >> 32 == MappedPrefix >> 32
            ? (uint)address.Ip
            : throw new NotSupportedException("The load generator sends over IPv4 only; give an IPv4 address.");

    /// <inheritdoc cref="ToNumber(TransportAddress)"/>
    public static uint ToNumber(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            : throw new NotSupportedException("The load generator sends over IPv4 only; give an IPv4 address.");

    public static string ToText(uint address) => new IPAddress(BinaryPrimitives.ReverseEndianness(address)).ToString();

    public static Libc.SocketAddressIPv4 ToSocketAddress(uint address, ushort port) =>
        new()
        {
            Family = Libc.AddressFamilyInet,
            Port = BinaryPrimitives.ReverseEndianness(port),
            Address = BinaryPrimitives.ReverseEndianness(address),
        };
}
