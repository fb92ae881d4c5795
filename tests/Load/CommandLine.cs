using System.Globalization;

namespace Spaces.Load;

/// <summary>The words after the command: options as <c>--name value</c>, each at most once.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <exception cref="CommandLineException">A word is no option, or an option has no value or came twice.</exception>
    public CommandLine(ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new CommandLineException($"'{words[i]}' is no option. Options are written --name value.");
            }

            if (i + 1 == words.Length)
            {
                throw new CommandLineException($"{words[i]} lacks its value.");
            }

            if (!_values.TryAdd(words[i][2..], words[i + 1]))
            {
                throw new CommandLineException($"{words[i]} is given twice.");
            }
        }
    }

    /// <summary>The option's value, or null when it is not given.</summary>
    public string? Text(string name)
    {
        _ = _read.Add(name);
        return _values.GetValueOrDefault(name);
    }

    public string RequiredText(string name) =>
        Text(name) ?? throw new CommandLineException($"--{name} is missing; it has no default.");

    /// <exception cref="CommandLineException">Not a whole number within the bounds.</exception>
    public int Number(string name, int fallback, int min, int max) =>
        Text(name) is { } text ? ParseNumber(name, text, min, max) : fallback;

    /// <summary>Numbers separated by commas.</summary>
    /// <exception cref="CommandLineException">One is not a whole number within the bounds.</exception>
    public int[] Numbers(string name, int[] fallback, int min, int max) =>
        Text(name) is { } text ? [.. text.Split(',').Select(part => ParseNumber(name, part, min, max))] : fallback;

    /// <summary>
    /// Call after the last read: an option that no one asked for is a typing error, not a wish to ignore.
    /// </summary>
    /// <exception cref="CommandLineException">Some option is not known.</exception>
    public void RefuseUnknown()
    {
        if (_values.Keys.FirstOrDefault(name => !_read.Contains(name)) is { } unknown)
        {
            var known = string.Join(", ", _read.Order().Select(name => $"--{name}"));
            throw new CommandLineException($"--{unknown} is no option of this command; it knows {known}.");
        }
    }

    private static int ParseNumber(string name, string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= min
        && number <= max
            ? number
            : throw new CommandLineException($"--{name} {text}: give a whole number from {min} to {max}.");
}

/// <summary>The command cannot be carried out as it was typed; the message says what to type.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
