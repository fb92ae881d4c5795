using System.Globalization;

namespace Spaces.Load.Interop;

/// <summary>The clocks that measurements read: wall time as the kernel stamps datagrams, and CPU time used.</summary>
internal static unsafe class SystemClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Wall time in nanoseconds, the clock of the kernel's receive timestamps.</summary>
    public static long RealtimeNanoseconds() => Read(Libc.ClockRealtime);

    /// <summary>CPU time that the calling thread has used, in nanoseconds.</summary>
    public static long ThreadCpuNanoseconds() => Read(Libc.ClockThreadCpu);

    /// <summary>CPU time that all threads of a process have used, user and system, in nanoseconds.</summary>
    /// <remarks>
    /// The process's CPU clock is the sum that /proc/pid/stat shows rounded to 10 ms. Its number is made from the
    /// process id as <c>clock_getcpuclockid</c> does (linux/posix-timers.h: CPUCLOCK_SCHED).
    /// </remarks>
    /// <returns>-1 when there is no such process.</returns>
    public static long ProcessCpuNanoseconds(int processId) => Read((~processId << 3) | 2);

    /// <summary>Time that one core has not been idle, in nanoseconds; its grain is 10 ms.</summary>
    public static long CoreBusyNanoseconds(int core)
    {
        var name = $"cpu{core} ";
        var line = File.ReadLines("/proc/stat").FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal));
        if (line is null)
        {
            return -1;
        }

        // user nice system idle iowait irq softirq steal: all but idle, iowait and what the hypervisor took.
        var ticks = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var busy = 0L;
        foreach (var field in (int[])[0, 1, 2, 5, 6])
        {
            busy += long.Parse(ticks[field], CultureInfo.InvariantCulture);
        }

        return busy * (NanosecondsPerSecond / 100);
    }

    /// <summary>Physical memory that a process holds, in bytes.</summary>
    public static long ResidentBytes(int processId)
    {
        var fields = File.ReadAllText($"/proc/{processId}/statm").Split(' ');
        return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    /// <summary>Sleeps the calling thread, with the grain of the kernel's timers (about 60 µs).</summary>
    public static void Sleep(long nanoseconds)
    {
        if (nanoseconds <= 0)
        {
            return;
        }

        var duration = ToTimeSpecification(nanoseconds);
        _ = Libc.Sleep(&duration, null);
    }

    public static Libc.TimeSpecification ToTimeSpecification(long nanoseconds) =>
        new() { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };

    private static long Read(int clock)
    {
        Libc.TimeSpecification time;
        return Libc.GetClock(clock, &time) == 0 ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds : -1;
    }
}
