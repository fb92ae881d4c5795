namespace Spaces.Sfu.Protocol.Sdp;

/// <summary>Cuts SDP text into its lines (RFC 8866 §5), within bounds.</summary>
/// <remarks>
/// 64 KiB and 2,000 lines: an offer with a microphone and 8 slots has some 200 lines and 10 KiB in the wordiest
/// browser.
/// A control character is refused, so that no value can carry a line break into what is written from it.
/// </remarks>
internal static class SdpLines
{
    public const int TextLengthMax = 64 * 1024;
    public const int CountMax = 2_000;

    public static bool TrySplit(string text, out List<string> lines, out string error)
    {
        lines = [];
        error = "";
        if (text.Length > TextLengthMax)
        {
            error = $"The SDP is longer than {TextLengthMax} characters.";
            return false;
        }

        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range];
            line = line.EndsWith('\r') ? line[..^1] : line;
            if (line.IsEmpty)
            {
                continue;
            }

            if (lines.Count == CountMax)
            {
                error = $"The SDP has more than {CountMax} lines.";
                return false;
            }

            if (line.Length < 2 || !char.IsAsciiLetterLower(line[0]) || line[1] != '=' || HasControl(line))
            {
                error = $"Line {lines.Count + 1} of the SDP is not of the form <letter>=<text>.";
                return false;
            }

            lines.Add(line.ToString());
        }

        return true;
    }

    private static bool HasControl(ReadOnlySpan<char> line)
    {
        foreach (var character in line)
        {
            if (char.IsControl(character) && character != '\t')
            {
                return true;
            }
        }

        return false;
    }
}
