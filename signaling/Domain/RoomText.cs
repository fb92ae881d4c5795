using System.Text;

namespace Spaces.Signaling.Domain;

/// <summary>What a text that people write must keep to, so that it can be shown, logged and stored anywhere.</summary>
public static class RoomText
{
    public const int TitleLengthMax = 200;
    public const int NameLengthMax = 100;

    /// <returns>Null when <paramref name="text"/> is fine; else a sentence that names <paramref
    /// name="field"/>.</returns>
    public static string? Problem(string field, string text, int lengthMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{field} is empty. Give 1-{lengthMax} characters.";
        }

        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar || rune.Value is 0x2028 or 0x2029)
            {
                return $"{field} has a line break or another control character. Leave it out.";
            }

            length++;
        }

        return length > lengthMax ? $"{field} has {length} characters. Give 1-{lengthMax}." : null;
    }
}
