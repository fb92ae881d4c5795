using System.Runtime.InteropServices;

namespace Spaces.Sfu.Transport.Interop;

/// <summary>
/// An array of <c>struct epoll_event</c>. The kernel packs it to 12 bytes on x86-64 and to 16 elsewhere, so it cannot
/// be one C# struct.
/// </summary>
internal sealed unsafe class EpollEvents(int capacity) : IDisposable
{
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)capacity, 16);

    public static int EventLength => IsPacked ? 12 : 16;

    private static int TokenOffset => IsPacked ? 4 : 8;

    /// <summary>
    /// Asks <paramref name="epoll"/> to report <paramref name="token"/> when there is something to read.
    /// </summary>
    public static void WatchReadable(int epoll, int descriptor, int token)
    {
        var interest = stackalloc byte[16];
        *(uint*)interest = Libc.EpollReadable;
        *(ulong*)(interest + TokenOffset) = (ulong)token;
        if (Libc.EpollControl(epoll, Libc.EpollControlAdd, descriptor, interest) != 0)
        {
            throw new IOException($"epoll_ctl failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <returns>How many are ready; 0 after the time-out or a signal.</returns>
    public int Wait(int epoll, int timeoutMilliseconds)
    {
        var ready = Libc.EpollWait(epoll, _events, capacity, timeoutMilliseconds);
        if (ready >= 0)
        {
            return ready;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Libc.ErrorInterrupted ? 0 : throw new IOException($"epoll_wait failed with errno {error}.");
    }

    public int Token(int index) => (int)*(ulong*)(_events + (index * EventLength) + TokenOffset);

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _events = null;
    }
}
