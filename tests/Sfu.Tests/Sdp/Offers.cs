using System.Reflection;

namespace Spaces.Sfu.Tests.Sdp;

/// <summary>
/// Offers that real stacks made, addresses replaced; one file each, named after stack, version and use.
/// </summary>
internal static class Offers
{
    private const string Prefix = "Offers.";
    private const string Suffix = ".sdp";

    public static IEnumerable<string> Names =>
        Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order();

    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name + Suffix)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
