using System.Runtime.InteropServices;

namespace Spaces.Sfu.Transport.Interop;

/// <summary>The Linux system calls that .NET does not wrap. Layouts of 64-bit Linux, checked by tests.</summary>
/// <remarks>
/// None of them suppresses the GC transition: each may block or take longer than a microsecond, and a thread inside one
/// must not hold up a collection.
/// </remarks>
internal static unsafe partial class Libc
{
    public const int AddressFamilyInet = 2; // AF_INET
    public const int AddressFamilyInet6 = 10; // AF_INET6
    public const int SocketDatagram = 2; // SOCK_DGRAM
    public const int SocketNonBlocking = 0x800; // SOCK_NONBLOCK
    public const int SocketCloseOnExec = 0x80000; // SOCK_CLOEXEC
    public const int MessageDoNotWait = 0x40; // MSG_DONTWAIT
    public const int MessageNoSignal = 0x4000; // MSG_NOSIGNAL
    public const int MessageTruncated = 0x20; // MSG_TRUNC
    public const int PriorityOfProcess = 0; // PRIO_PROCESS
    public const int EpollControlAdd = 1; // EPOLL_CTL_ADD
    public const uint EpollReadable = 1; // EPOLLIN
    public const short PollWritable = 4; // POLLOUT

    public const int ErrorInterrupted = 4; // EINTR
    public const int ErrorTryAgain = 11; // EAGAIN
    public const int ErrorAddressInUse = 98; // EADDRINUSE
    public const int ErrorNoBuffers = 105; // ENOBUFS

    /// <returns>A descriptor, or -1 with the error in errno.</returns>
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int CreateSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(int socket, void* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetSocketOption(int socket, int level, int name, void* value, uint* length);

    /// <returns>How many messages were filled, or -1 with the error in errno.</returns>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int socket, Message* messages, uint count, int flags, void* timeout);

    /// <returns>How many messages were sent, or -1 with the error of the first one in errno.</returns>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int socket, Message* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, void* interest);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, void* events, int count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int CreateEvent(uint initialValue, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollRequest* requests, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int which, uint who, int niceness);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Message // struct mmsghdr: 64 bytes
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
    internal struct IoVector // struct iovec: 16 bytes
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollRequest // struct pollfd: 8 bytes
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
