using Spaces.V1;

namespace Spaces.Signaling.Server.Http;

/// <summary>The ICE credentials in a trickle fragment (RFC 8840 section 9); candidates in it are of no use to an
/// ICE-lite server, which answers whoever proves to know its password.</summary>
internal static class IceFragment
{
    public const int LengthMax = 16 * 1024;

    private const string Ufrag = "a=ice-ufrag:";
    private const string Password = "a=ice-pwd:";

    /// <returns>False when the text is no fragment: every line is x=…, and credentials come as a pair.</returns>
    public static bool TryParse(string text, out IceCredentials? credentials)
    {
        credentials = null;
        var lines = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines.Any(line => line.Length < 2 || line[1] != '='))
        {
            return false;
        }

        var ufrag = Value(lines, Ufrag);
        var password = Value(lines, Password);
        if (ufrag is null && password is null)
        {
            return true;
        }

        if (ufrag is not { Length: >= 4 and <= 256 } || password is not { Length: >= 22 and <= 256 })
        {
            return false;
        }

        credentials = new IceCredentials { Ufrag = ufrag, Password = password };
        return true;
    }

    private static string? Value(string[] lines, string prefix) =>
        lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..].Trim();
}
