using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>One non-blocking UDP socket, bound to one address of this machine.</summary>
/// <remarks>
/// A socket per local address, never one for "any": a reply must leave from the very address that was asked, or the
/// peer's ICE check fails (RFC 8445 §7.2.5.2.1).
/// </remarks>
public sealed unsafe class UdpSocket : IDisposable
{
    /// <summary>
    /// About half a second of 10,000 packets a second of 200 bytes, at the kernel's cost of some 800 bytes each. The
    /// kernel grants no more than <c>net.core.rmem_max</c> to a process without CAP_NET_ADMIN.
    /// </summary>
    private const int BufferLength = 4 * 1024 * 1024;

    private const int LevelSocket = 1; // SOL_SOCKET
    private const int LevelIp = 0; // IPPROTO_IP
    private const int LevelIpv6 = 41; // IPPROTO_IPV6
    private const int SendBuffer = 7; // SO_SNDBUF
    private const int ReceiveBuffer = 8; // SO_RCVBUF
    private const int SendBufferForce = 32; // SO_SNDBUFFORCE
    private const int ReceiveBufferForce = 33; // SO_RCVBUFFORCE
    private const int TypeOfService = 1; // IP_TOS
    private const int MtuDiscover = 10; // IP_MTU_DISCOVER
    private const int Ipv6MtuDiscover = 23; // IPV6_MTU_DISCOVER
    private const int Ipv6Only = 26; // IPV6_V6ONLY
    private const int TrafficClass = 67; // IPV6_TCLASS
    private const int MtuDiscoverProbe = 3; // IP_PMTUDISC_PROBE
    private const int MtuDiscoverOmit = 5; // IPV6_PMTUDISC_OMIT
    private const int ExpeditedForwarding = 46 << 2; // DSCP EF in the upper six bits

    private int _descriptor;

    private UdpSocket(int descriptor, IPAddress address)
    {
        _descriptor = descriptor;
        Address = address;
        Family = address.AddressFamily;
    }

    public IPAddress Address { get; }

    public AddressFamily Family { get; }

    /// <summary>The port it is bound to; what the kernel chose when 0 was asked for.</summary>
    public int Port { get; private set; }

    /// <summary>What the kernel granted, in its own accounting (twice what was asked).</summary>
    public int ReceiveBufferGranted { get; private set; }

    internal int Descriptor => _descriptor;

    /// <exception cref="IOException">The address is not of this machine, or its port is taken.</exception>
    public static UdpSocket Bind(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        var domain =
            address.AddressFamily == AddressFamily.InterNetwork ? Libc.AddressFamilyInet : Libc.AddressFamilyInet6;
        var type = Libc.SocketDatagram | Libc.SocketNonBlocking | Libc.SocketCloseOnExec;
        var descriptor = Libc.CreateSocket(domain, type, 0);
        if (descriptor < 0)
        {
            throw new IOException($"socket failed with errno {Marshal.GetLastPInvokeError()} for {address}.");
        }

        var socket = new UdpSocket(descriptor, address);
        try
        {
            socket.SetOptions();
            socket.BindTo(port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }
    }

    private void SetOptions()
    {
        // A burst (a join storm, a keyframe of somebody's network) must fit while the worker is busy with its fan-out.
        // FORCE passes over the system's limit where the process may; else the plain option takes what is allowed.
        if (!TrySet(LevelSocket, ReceiveBufferForce, BufferLength))
        {
            _ = TrySet(LevelSocket, ReceiveBuffer, BufferLength);
        }

        if (!TrySet(LevelSocket, SendBufferForce, BufferLength))
        {
            _ = TrySet(LevelSocket, SendBuffer, BufferLength);
        }

        // Path MTU news is ignored: our datagrams stay below 1,280 bytes, and a forged ICMP must not shrink them.
        // The traffic class marks audio for networks that queue by it (RFC 8837 §5); a refusal only loses that.
        if (Family == AddressFamily.InterNetwork)
        {
            // PROBE marks datagrams "do not fragment", which spares the kernel the choice of an IP id for each: 6 % of
            // a send where it was measured. RFC 8200 §5 makes 1,280 bytes the least any IPv6 link carries, and IPv4
            // paths in use carry as much; what one of them dropped, a fragment's loss would mostly have lost too.
            _ = TrySet(LevelIp, MtuDiscover, MtuDiscoverProbe);
            _ = TrySet(LevelIp, TypeOfService, ExpeditedForwarding);
        }
        else
        {
            // IPv4 has sockets of its own; without this the two would fight for the port when bound to [::].
            _ = TrySet(LevelIpv6, Ipv6Only, 1);
            _ = TrySet(LevelIpv6, Ipv6MtuDiscover, MtuDiscoverOmit);
            _ = TrySet(LevelIpv6, TrafficClass, ExpeditedForwarding);
        }

        var granted = 0;
        var length = (uint)sizeof(int);
        _ = Libc.GetSocketOption(_descriptor, LevelSocket, ReceiveBuffer, &granted, &length);
        ReceiveBufferGranted = granted;
    }

    private bool TrySet(int level, int name, int value) =>
        Libc.SetSocketOption(_descriptor, level, name, &value, sizeof(int)) == 0;

    private void BindTo(int port)
    {
        var length = SocketAddress.LengthOf(Family);
        Span<byte> address = stackalloc byte[SocketAddress.LengthMax];
        SocketAddress.Write(address, Family, DatagramAddress.From(Address, port));
        fixed (byte* pointer = address)
        {
            if (Libc.Bind(_descriptor, pointer, (uint)length) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                var reason = error == Libc.ErrorAddressInUse ? "the port is taken" : $"errno {error}";
                throw new IOException($"Cannot bind UDP {new IPEndPoint(Address, port)}: {reason}.");
            }

            var nameLength = (uint)SocketAddress.LengthMax;
            _ = Libc.GetSocketName(_descriptor, pointer, &nameLength);
        }

        Port = SocketAddress.Read(address).Port;
    }
}
