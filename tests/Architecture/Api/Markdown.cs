using System.Text.RegularExpressions;

namespace Spaces.Architecture.Api;

/// <summary>Comments of .proto files as Markdown, their names linked to where these are described.</summary>
/// <param name="anchors">What is described on the page, by name, and the heading it stands under.</param>
internal sealed partial class Markdown(IReadOnlyDictionary<string, string> anchors)
{
    /// <summary>The anchor that GitHub and others make of a heading.</summary>
    public static string AnchorOf(string heading) =>
        NoAnchorCharacter().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    /// <summary>A comment as paragraphs and lists.</summary>
    /// <remarks>Markdown takes a line right behind a list for a part of its last entry; comments do not.</remarks>
    public string Block(string comment) => Linked(EndOfList().Replace(comment, "$0\n"));

    /// <summary>A comment as one line of a table.</summary>
    public string Cell(string comment) => Linked(OneLine(comment)).Replace("|", @"\|", StringComparison.Ordinal);

    /// <summary>A name in code type, linked when the page describes it.</summary>
    public string Name(string name) =>
        anchors.TryGetValue(name, out var heading) ? $"[`{name}`](#{AnchorOf(heading)})" : $"`{name}`";

    public static string OneLine(string text) => Whitespace().Replace(text, " ").Trim();

    private string Linked(string comment) =>
        Mentions()
            .Replace(
                comment,
                match =>
                    match.Groups["code"] is { Success: true } code
                        ? Name(code.Value)
                        : LinkedWord(match.Value).Replace("<", "&lt;", StringComparison.Ordinal)
            );

    private string LinkedWord(string word) =>
        anchors.TryGetValue(word, out var heading) ? $"[{word}](#{AnchorOf(heading)})" : word;

    [GeneratedRegex(@"`(?<code>[^`]*)`|\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b|\b([A-Z][a-z]+){2,}\b|<")]
    private static partial Regex Mentions();

    [GeneratedRegex(@"^ *- .*\n( +.*\n)*(?=[^\s-])", RegexOptions.Multiline)]
    private static partial Regex EndOfList();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NoAnchorCharacter();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
