using System.Globalization;
using System.Text;

namespace Spaces.Signaling.Server.Http;

/// <summary>An iCalendar object (RFC 5545), line by line: escaped, folded, each line ended by CRLF.</summary>
internal sealed class CalendarText
{
    /// <summary>Octets of a line without its end (RFC 5545 section 3.1).</summary>
    private const int LineLengthMax = 75;

    private readonly StringBuilder _text = new();

    /// <summary>A value that is written as it is: a time, a number, a name of the standard.</summary>
    public CalendarText Add(string name, string value)
    {
        Fold($"{name}:{value}");
        return this;
    }

    /// <summary>A value that people wrote (RFC 5545 section 3.3.11).</summary>
    public CalendarText AddText(string name, string value) => Add(name, Escaped(value));

    /// <summary>A list of words.</summary>
    public CalendarText AddCategories(IEnumerable<string> words) =>
        Add("CATEGORIES", string.Join(',', words.Select(Escaped)));

    /// <summary>A moment, in UTC (RFC 5545 section 3.3.5, form 2).</summary>
    public CalendarText AddTime(string name, DateTimeOffset time) =>
        Add(name, time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();

    private static string Escaped(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var c in value.ReplaceLineEndings("\n"))
        {
            _ = c switch
            {
                '\\' or ';' or ',' => escaped.Append('\\').Append(c),
                '\n' => escaped.Append("\\n"),
                _ when char.IsControl(c) => escaped,
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Never between the bytes of one character.</summary>
    private void Fold(string line)
    {
        var length = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > LineLengthMax)
            {
                _text.Append("\r\n ");
                length = 1;
            }

            _text.Append(rune.ToString());
            length += rune.Utf8SequenceLength;
        }

        _text.Append("\r\n");
    }
}
