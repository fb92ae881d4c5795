using System.Buffers.Binary;
using System.Net.Sockets;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>
/// The kernel's form of an address: <c>sockaddr_in</c> (16 bytes) and <c>sockaddr_in6</c> (28 bytes).
/// </summary>
internal static class SocketAddress
{
    public const int LengthMax = 28;
    private const int Ipv4Length = 16;

    public static int LengthOf(AddressFamily family) => family == AddressFamily.InterNetwork ? Ipv4Length : LengthMax;

    /// <summary>Writes <paramref name="address"/> for a socket of <paramref name="family"/>.</summary>
    public static void Write(Span<byte> target, AddressFamily family, DatagramAddress address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], address.Port);
        if (family == AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(target, (ushort)Libc.AddressFamilyInet);
            BinaryPrimitives.WriteUInt32BigEndian(target[4..], (uint)address.Ip);
            target[8..Ipv4Length].Clear();
            return;
        }

        BitConverter.TryWriteBytes(target, (ushort)Libc.AddressFamilyInet6);
        target[4..8].Clear(); // flow information
        BinaryPrimitives.WriteUInt128BigEndian(target[8..], address.Ip);
        target[24..LengthMax].Clear(); // scope: link-local addresses are not served
    }

    public static DatagramAddress Read(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        if (BitConverter.ToUInt16(source) == Libc.AddressFamilyInet)
        {
            var mapped = ((UInt128)0xFFFF << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
            return new DatagramAddress(mapped, port);
        }

        return new DatagramAddress(BinaryPrimitives.ReadUInt128BigEndian(source[8..]), port);
    }
}
