using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Spaces.Sfu.Transport;

/// <summary>The addresses of this machine that peers can reach it by.</summary>
public static class LocalAddresses
{
    /// <summary>
    /// Every unicast address of every interface that is up, loopback included. Link-local ones are left out: they need
    /// a scope that an ICE candidate cannot carry.
    /// </summary>
    public static IReadOnlyList<IPAddress> List() =>
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .Where(address => !IsLinkLocal(address))
                .Distinct()
                .OrderBy(address => IPAddress.IsLoopback(address))
                .ThenBy(address => address.AddressFamily),
        ];

    private static bool IsLinkLocal(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return address.IsIPv6LinkLocal;
        }

        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return bytes[0] == 169 && bytes[1] == 254; // RFC 3927
    }
}
