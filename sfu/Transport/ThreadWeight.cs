using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Transport;

/// <summary>How much of a core a thread gets where others want it too. The runtime's own priorities do nothing on
/// Linux.</summary>
public static class ThreadWeight
{
    /// <summary>The calling thread yields to others from now on.</summary>
    /// <param name="niceness">1 to 19; each step a quarter less of a shared core (sched(7)).</param>
    public static void Lower(int niceness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(niceness, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(niceness, 19);

        // On Linux this sets one thread, against POSIX (setpriority(2)). A refusal costs order, not function.
        _ = Libc.SetPriority(Libc.PriorityOfProcess, who: 0, niceness);
    }
}
