using System.Runtime.InteropServices;

namespace Spaces.Load.Interop;

/// <summary>Where a thread runs: its core and its network namespace. Child processes it starts inherit both.</summary>
internal static unsafe class ThreadPlacement
{
    private const int MaskWords = 16; // 1,024 cores

    /// <summary>The cores that the calling thread may run on, lowest first.</summary>
    public static int[] AllowedCores()
    {
        var mask = stackalloc ulong[MaskWords];
        if (Libc.GetAffinity(0, MaskWords * sizeof(ulong), mask) < 0)
        {
            return [0];
        }

        var cores = new List<int>();
        for (var core = 0; core < MaskWords * 64; core++)
        {
            if ((mask[core / 64] & (1UL << (core % 64))) != 0)
            {
                cores.Add(core);
            }
        }

        return [.. cores];
    }

    /// <summary>Keeps a thread on the given cores; one that has just ended is no error.</summary>
    /// <param name="thread">The kernel's number of the thread; 0 is the calling one.</param>
    /// <param name="cores">At least one.</param>
    /// <exception cref="InvalidOperationException">
    /// The kernel refused, for instance because a core is not allowed.
    /// </exception>
    public static void Pin(int thread, params ReadOnlySpan<int> cores)
    {
        var mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (var core in cores)
        {
            mask[core / 64] |= 1UL << (core % 64);
        }

        if (Libc.SetAffinity(thread, MaskWords * sizeof(ulong), mask) == 0)
        {
            return;
        }

        var error = Marshal.GetLastPInvokeError();
        if (error != Libc.NoSuchProcess)
        {
            throw new InvalidOperationException(
                $"sched_setaffinity to cores {string.Join(',', cores.ToArray())}: errno {error}."
            );
        }
    }

    /// <summary>Moves the calling thread into a new, empty network namespace, which ends with its last user.</summary>
    /// <returns>False without the right to (CAP_SYS_ADMIN).</returns>
    public static bool TryEnterNewNetwork() => Libc.Unshare(Libc.NewNetworkNamespace) == 0;
}
