using System.Runtime.InteropServices;

namespace Spaces.Load.Interop;

/// <summary>
/// The Linux system calls that .NET does not wrap. Layouts of 64-bit Linux; see each call's <c>man 2</c>.
/// </summary>
internal static unsafe partial class Libc
{
    public const int AddressFamilyInet = 2; // AF_INET
    public const int DatagramSocket = 2; // SOCK_DGRAM
    public const int SocketLevel = 1; // SOL_SOCKET
    public const int SendBuffer = 7; // SO_SNDBUF
    public const int ReceiveBuffer = 8; // SO_RCVBUF
    public const int ReceiveBufferForced = 33; // SO_RCVBUFFORCE
    public const int TimestampNanoseconds = 35; // SO_TIMESTAMPNS_OLD, also the type of its control message
    public const int QueueOverflow = 40; // SO_RXQ_OVFL, also the type of its control message
    public const int IpLevel = 0; // IPPROTO_IP
    public const int PacketInformation = 8; // IP_PKTINFO, also the type of its control message
    public const int DontWait = 0x40; // MSG_DONTWAIT
    public const short PollIn = 1; // POLLIN
    public const int NewNetworkNamespace = 0x40000000; // CLONE_NEWNET
    public const int ClockRealtime = 0;
    public const int ClockThreadCpu = 3; // CLOCK_THREAD_CPUTIME_ID
    public const int WouldBlock = 11; // EAGAIN
    public const int Interrupted = 4; // EINTR
    public const int NoSuchProcess = 3; // ESRCH
    public const int ConnectionRefused = 111; // ECONNREFUSED, an ICMP answer to an earlier datagram

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, SocketAddressIPv4* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(int socket, SocketAddressIPv4* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int socket, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    /// <returns>How many messages were filled, or -1 with the error in errno.</returns>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int socket, Message* messages, uint count, int flags, void* timeout);

    /// <returns>How many messages were sent, or -1 with the error in errno.</returns>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int socket, Message* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    internal static partial nint SendOne(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, TimeSpecification* timeout, void* mask);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    internal static partial int GetClock(int clock, TimeSpecification* time);

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    internal static partial int Sleep(TimeSpecification* duration, TimeSpecification* remaining);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    internal static partial int SetAffinity(int thread, nuint maskLength, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    internal static partial int GetAffinity(int thread, nuint maskLength, ulong* mask);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    internal static partial int GetThreadId();

    /// <summary>The user's id; 0 is root.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUser();

    [StructLayout(LayoutKind.Sequential)]
    internal struct Message // struct mmsghdr
    {
        public MessageHeader Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader // struct msghdr: 56 bytes, its tail padding included
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector // struct iovec
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ControlHeader // struct cmsghdr
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketInformationIPv4 // struct in_pktinfo; addresses in network order
    {
        public int Interface;
        public uint LocalAddress;
        public uint HeaderDestination;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct SocketAddressIPv4 // struct sockaddr_in; port and address in network order
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
        public ulong Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpecification // struct timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor // struct pollfd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
