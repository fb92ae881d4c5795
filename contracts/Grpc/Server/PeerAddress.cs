using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// A client's address as gRPC writes it: <c>ipv4:192.0.2.1:50123</c>, <c>ipv6:[2001:db8::1]:50123</c>.
/// </summary>
internal static class PeerAddress
{
    public static string Of(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } address
            ? $"{FamilyOf(address)}:{new IPEndPoint(Plain(address), connection.RemotePort)}"
            : "unknown";

    private static string FamilyOf(IPAddress address) =>
        Plain(address).AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6";

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
