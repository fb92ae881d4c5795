namespace Spaces.Signaling.Domain.Capabilities;

/// <summary>How rules are spoken of.</summary>
public static class CapabilityText
{
    private const int NamedMax = 5;

    /// <summary>As a sentence begins.</summary>
    public static string Doing(Capability capability) =>
        capability switch
        {
            Capability.Host => "Hosting",
            Capability.Speak => "Speaking",
            Capability.Listen => "Listening",
            _ => throw new ArgumentOutOfRangeException(nameof(capability), capability, "Unknown capability."),
        };

    /// <summary>As rules, records and keys spell it.</summary>
    public static string NameOf(Capability capability) =>
        capability switch
        {
            Capability.Host => "host",
            Capability.Speak => "speak",
            Capability.Listen => "listen",
            _ => throw new ArgumentOutOfRangeException(nameof(capability), capability, "Unknown capability."),
        };

    /// <summary>"a", "a and b", "a, b and c", and of many the first five and how many more.</summary>
    internal static string Enumerate(IEnumerable<string> things, string lastWord)
    {
        var all = things.ToList();
        var named = all.Count <= NamedMax ? all : [.. all.Take(NamedMax), $"{all.Count - NamedMax} more"];
        return named.Count switch
        {
            0 => "nothing",
            1 => named[0],
            _ => $"{string.Join(", ", named.Take(named.Count - 1))} {lastWord} {named[^1]}",
        };
    }
}
