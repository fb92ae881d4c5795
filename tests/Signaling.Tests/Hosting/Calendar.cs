using System.Globalization;
using System.Text;

namespace Spaces.Signaling.Tests.Hosting;

/// <summary>
/// A reader of iCalendar (RFC 5545) that takes nothing but what the standard says: lines ended by CRLF, of at most 75
/// octets, folded where a character ends, names known, texts escaped, components closed.
/// </summary>
internal sealed class Calendar
{
    private static readonly HashSet<string> Texts = ["SUMMARY", "DESCRIPTION", "LOCATION", "UID", "CATEGORIES"];

    private readonly List<(string Component, string Name, string Value)> _properties = [];

    private Calendar() { }

    public static Calendar Parse(string text)
    {
        Assert.That(text, Does.EndWith("\r\n"));
        var lines = text[..^2].Split("\r\n");
        Assert.That(lines.Any(line => line.AsSpan().ContainsAny('\r', '\n')), Is.False);
        Assert.That(lines.Select(Encoding.UTF8.GetByteCount), Is.All.LessThanOrEqualTo(75));
        Assert.That(text, Does.Not.Contain("\uFFFD"));

        var calendar = new Calendar();
        var open = new Stack<string>();
        foreach (var line in Unfold(lines))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.That(colon, Is.Positive, line);
            calendar.Take(open, line[..colon], line[(colon + 1)..]);
        }

        Assert.That(open, Is.Empty, "every component is closed");
        return calendar;
    }

    /// <summary>The one value of a property, unescaped if it is a text.</summary>
    public string Value(string component, string name) =>
        _properties.Single(property => property.Component == component && property.Name == name).Value;

    public bool Has(string component) => _properties.Exists(property => property.Component == component);

    public bool Has(string component, string name) =>
        _properties.Exists(property => property.Component == component && property.Name == name);

    public DateTimeOffset Time(string component, string name) =>
        DateTimeOffset.ParseExact(
            Value(component, name),
            "yyyyMMdd'T'HHmmss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal
        );

    private static IEnumerable<string> Unfold(string[] lines)
    {
        var whole = new StringBuilder(lines[0]);
        foreach (var line in lines[1..])
        {
            if (line.StartsWith(' '))
            {
                whole.Append(line, 1, line.Length - 1);
                continue;
            }

            yield return whole.ToString();
            whole.Clear().Append(line);
        }

        yield return whole.ToString();
    }

    private static string Unescape(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\')
            {
                Assert.That(value[i], Is.Not.EqualTo(';'), "a semicolon of a text is escaped");
                text.Append(value[i]);
                continue;
            }

            Assert.That(++i, Is.LessThan(value.Length), "nothing ends in a backslash");
            Assert.That("\\;,nN".Contains(value[i], StringComparison.Ordinal), $"\\{value[i]} is no escape");
            text.Append(value[i] is 'n' or 'N' ? '\n' : value[i]);
        }

        return text.ToString();
    }

    private void Take(Stack<string> open, string name, string value)
    {
        Assert.That(name.All(c => char.IsAsciiLetterUpper(c) || c == '-'), name);
        if (name == "BEGIN")
        {
            open.Push(value);
            _properties.Add((value, "BEGIN", ""));
            return;
        }

        if (name == "END")
        {
            Assert.That(open.Pop(), Is.EqualTo(value));
            return;
        }

        _properties.Add((open.Peek(), name, Texts.Contains(name) ? Unescape(value) : value));
    }
}
