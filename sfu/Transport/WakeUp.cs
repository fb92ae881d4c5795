using System.Runtime.InteropServices;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>
/// An eventfd that ends a worker's wait. Signalled many times between two turns it costs one system call.
/// </summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private int _isSignalled;
    private int _descriptor;

    public WakeUp()
    {
        _descriptor = Libc.CreateEvent(0, Libc.SocketNonBlocking | Libc.SocketCloseOnExec);
        if (_descriptor < 0)
        {
            throw new IOException($"eventfd failed with errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    public int Descriptor => _descriptor;

    public void Signal()
    {
        if (Interlocked.Exchange(ref _isSignalled, 1) == 0)
        {
            var one = 1UL;
            _ = Libc.Write(_descriptor, &one, sizeof(ulong));
        }
    }

    /// <summary>For the waiting thread, before it looks for work: what is left after it signals anew.</summary>
    public void Clear()
    {
        var value = 0UL;
        _ = Libc.Read(_descriptor, &value, sizeof(ulong));
        Volatile.Write(ref _isSignalled, 0);
        Interlocked.MemoryBarrier();
    }

    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Libc.Close(descriptor);
        }
    }
}
