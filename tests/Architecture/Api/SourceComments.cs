using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>Where something stands in a file, in the numbers of descriptor.proto.</summary>
internal readonly record struct ProtoPath(string Text)
{
    public ProtoPath(int field, int index)
        : this($"{field}.{index}") { }

    public ProtoPath Then(int field, int index) => new($"{Text}.{field}.{index}");

    public ProtoPath Then(int field) => new($"{Text}.{field}");
}

/// <summary>The comments of one file by the place of what they are about.</summary>
internal sealed partial class SourceComments
{
    private readonly string _file;
    private readonly Dictionary<string, SourceCodeInfo.Types.Location> _locations;

    public SourceComments(FileDescriptorProto file)
    {
        _file = file.Name;
        _locations = file
            .SourceCodeInfo.Location.GroupBy(location => string.Join('.', location.Path))
            .ToDictionary(group => group.Key, group => group.First());
    }

    /// <summary>Its name, such as <c>spaces/v1/room.proto</c>.</summary>
    public string File => _file;

    /// <param name="kind">For people.</param>
    /// <param name="name">For people.</param>
    /// <param name="path">Of the thing itself.</param>
    /// <param name="statement">Of the statement that holds it and may have the comment in its stead.</param>
    public CommentedElement Element(string kind, string name, ProtoPath path, ProtoPath? statement = null)
    {
        var comment = TextOf(path);
        if (comment.Length == 0 && statement is { } outer)
        {
            comment = TextOf(outer);
        }

        var line = _locations.GetValueOrDefault(path.Text)?.Span[0] + 1;
        return new CommentedElement(kind, name, $"{_file}:{line}", OneLine(comment));
    }

    /// <summary>The comment before, or else behind, what stands at <paramref name="path"/>; its lines kept.</summary>
    public string TextOf(ProtoPath path)
    {
        var location = _locations.GetValueOrDefault(path.Text);
        var text = location switch
        {
            { LeadingComments.Length: > 0 } => location.LeadingComments,
            { TrailingComments.Length: > 0 } => location.TrailingComments,
            _ => "",
        };
        return string.Join('\n', text.Split('\n').Select(line => line.StartsWith(' ') ? line[1..] : line)).Trim();
    }

    private static string OneLine(string text) => Spaces().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
