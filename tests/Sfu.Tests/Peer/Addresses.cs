using System.Buffers.Binary;
using System.Net;
using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Tests.Peer;

/// <summary>Addresses for tests.</summary>
internal static class Addresses
{
    public static TransportAddress Of(IPAddress ip, int port) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(ip.MapToIPv6().GetAddressBytes()), (ushort)port);

    /// <summary>The path to a host of a documentation network, one for each number.</summary>
    public static NetworkPath Path(int host, int port = 5000) =>
        new(Of(new IPAddress([192, 0, 2, (byte)host]), port), 0);
}
