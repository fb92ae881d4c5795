using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Spaces.Load.Interop;

namespace Spaces.Load.Swarm;

/// <summary>An open IPv4 UDP socket with the options that measuring needs; closed with this handle.</summary>
internal sealed unsafe class UdpDescriptor : SafeHandleMinusOneIsInvalid
{
    private UdpDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The file descriptor, for a system call while this handle is alive.</summary>
    public int Number => (int)handle;

    /// <summary>The local port, host order.</summary>
    public ushort Port { get; private init; }

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <param name="address">The local address in host order; 0 for every one.</param>
    /// <param name="port">The local port; 0 lets the kernel choose.</param>
    /// <param name="receiveBufferLength">
    /// Bytes to queue for reading. Beyond the system's limit only with CAP_NET_ADMIN.
    /// </param>
    /// <exception cref="IOException">The address is not ours, the port is taken, or descriptors ran out.</exception>
    public static UdpDescriptor Open(uint address, ushort port, int receiveBufferLength)
    {
        var descriptor = Libc.OpenSocket(Libc.AddressFamilyInet, Libc.DatagramSocket, 0);
        if (descriptor < 0)
        {
            throw new IOException(
                $"No UDP socket: errno {Marshal.GetLastPInvokeError()}. Raise the open file limit (ulimit -n)."
            );
        }

        var local = IPv4.ToSocketAddress(address, port);
        var length = (uint)sizeof(Libc.SocketAddressIPv4);
        if (Libc.Bind(descriptor, &local, length) != 0 || Libc.GetSocketName(descriptor, &local, &length) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
            throw new IOException($"Cannot bind UDP {IPv4.ToText(address)}:{port}: errno {error}.");
        }

        var udp = new UdpDescriptor(descriptor) { Port = BinaryPrimitives.ReverseEndianness(local.Port) };
        if (!udp.TrySet(Libc.SocketLevel, Libc.ReceiveBufferForced, receiveBufferLength))
        {
            _ = udp.TrySet(Libc.SocketLevel, Libc.ReceiveBuffer, receiveBufferLength);
        }

        return udp;
    }

    /// <summary>
    /// Asks for the kernel's receive timestamp, the destination address and the count of drops on each datagram.
    /// </summary>
    public void ReportArrivals()
    {
        if (
            !TrySet(Libc.SocketLevel, Libc.TimestampNanoseconds, 1)
            || !TrySet(Libc.SocketLevel, Libc.QueueOverflow, 1)
            || !TrySet(Libc.IpLevel, Libc.PacketInformation, 1)
        )
        {
            throw new IOException($"The kernel refuses receive timestamps: errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    public bool TrySet(int level, int option, int value) =>
        Libc.SetSocketOption(Number, level, option, &value, sizeof(int)) == 0;

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
