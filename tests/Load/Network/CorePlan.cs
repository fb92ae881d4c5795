using System.Globalization;
using Spaces.Load.Interop;

namespace Spaces.Load.Network;

/// <summary>Which core the SFU has for itself, and which one the generator's timing thread stays on.</summary>
/// <param name="Sfu">Null: not pinned.</param>
/// <param name="Generator">Null: not pinned.</param>
internal readonly record struct CorePlan(int? Sfu, int? Generator)
{
    /// <summary>For measurements inside another program, whose threads are not ours to move.</summary>
    public static readonly CorePlan Unpinned;

    /// <summary>
    /// Gives the SFU the first allowed core and keeps every thread of this process, and those it starts later, off it.
    /// </summary>
    /// <returns>With a single core both sides share it, which the report has to say.</returns>
    public static CorePlan Claim()
    {
        var cores = ThreadPlacement.AllowedCores();
        if (cores.Length == 1)
        {
            return new CorePlan(cores[0], cores[0]);
        }

        var others = cores.AsSpan(1);
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            ThreadPlacement.Pin(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), others);
        }

        return new CorePlan(cores[0], cores[1]);
    }

    public override string ToString() =>
        (Sfu, Generator) switch
        {
            (null, _) => "not pinned",
            var (sfu, generator) when sfu == generator => $"the SFU and the generator share core {sfu}",
            var (sfu, generator) => $"SFU on core {sfu}, generator on core {generator}",
        };
}
