using System.Text;

namespace Spaces.Signaling.Domain;

/// <summary>What a text that people write must keep to, so that it can be shown, logged and stored anywhere.</summary>
public static class RoomText
{
    public const int TitleLengthMax = 200;
    public const int NameLengthMax = 100;
    public const int DescriptionLengthMax = 1_000;
    public const int TopicLengthMax = 30;
    public const int TopicsMax = 5;

    /// <returns>Null when <paramref name="text"/> is fine; else a sentence that names <paramref
    /// name="field"/>.</returns>
    public static string? Problem(string field, string text, int lengthMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{field} is empty. Give 1-{lengthMax} characters.";
        }

        return Prose(field, text, 1, lengthMax, linesAllowed: false);
    }

    /// <summary>As <see cref="Problem"/>, of a longer text: it may be empty and have line breaks.</summary>
    public static string? ProseProblem(string field, string text, int lengthMax) =>
        Prose(field, text, 0, lengthMax, linesAllowed: true);

    public static string? TopicsProblem(ValueList<string> topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count > TopicsMax)
        {
            return $"topics has {topics.Count} entries. Give at most {TopicsMax}.";
        }

        return topics.Distinct(StringComparer.OrdinalIgnoreCase).Count() < topics.Count
            ? "topics names one topic twice. Give each once."
            : topics
                .Select(topic => Problem("topic", topic, TopicLengthMax))
                .FirstOrDefault(problem => problem != null);
    }

    private static string? Prose(string field, string text, int lengthMin, int lengthMax, bool linesAllowed)
    {
        ArgumentNullException.ThrowIfNull(text);
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isLineBreak = rune.Value is '\n' or '\r';
            if (
                isLineBreak
                    ? !linesAllowed
                    : Rune.IsControl(rune) || rune == Rune.ReplacementChar || rune.Value is 0x2028 or 0x2029
            )
            {
                return $"{field} has a line break or another control character. Leave it out.";
            }

            length++;
        }

        return length > lengthMax ? $"{field} has {length} characters. Give {lengthMin}-{lengthMax}." : null;
    }
}
