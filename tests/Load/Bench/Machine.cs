using System.Runtime.InteropServices;

namespace Spaces.Load.Bench;

/// <summary>What the figures were measured on: without it they mean nothing.</summary>
internal sealed record Machine(string Cpu, int Cores, string Kernel, string Runtime)
{
    public static Machine This() =>
        new(
            CpuModel(),
            Environment.ProcessorCount,
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            RuntimeInformation.FrameworkDescription
        );

    private static string CpuModel()
    {
        const string Key = "model name";
        var line = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal));
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
