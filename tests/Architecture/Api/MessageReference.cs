using System.Text;
using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>The part of <see cref="ReferencePage"/> that tells of messages and enums.</summary>
internal sealed class MessageReference
{
    private const string WellKnownTypes = "https://protobuf.dev/reference/protobuf/google.protobuf/";

    private readonly Markdown _markdown;
    private readonly Dictionary<string, DescriptorProto> _maps;
    private readonly ILookup<string, string> _users;

    public MessageReference(ApiModel api, Markdown markdown)
    {
        _markdown = markdown;
        _maps = api
            .Messages.SelectMany(message =>
                message
                    .Descriptor.NestedType.Where(nested => nested.Options is { MapEntry: true })
                    .Select(entry => (Name: $"{message.Name}.{entry.Name}", Entry: entry))
            )
            .ToDictionary(map => map.Name, map => map.Entry);
        _users = Users(api).Distinct().ToLookup(use => use.Used, use => use.User);
    }

    public string Write(Declared<DescriptorProto> message)
    {
        var text = Opening(message.Name, message.Comment);
        if (message.Descriptor.Field.Count == 0)
        {
            text.Append("No fields.\n\n");
        }
        else
        {
            WriteChoices(message, text);
            text.Append("| No. | Field | Type | JSON | Meaning |\n|---|---|---|---|---|\n");
            foreach (var (i, field) in message.Descriptor.Field.Index().OrderBy(entry => entry.Item.Number))
            {
                text.Append(Row(message, field, message.Source.TextOf(message.Path.Then(2, i))));
            }

            text.Append('\n');
        }

        var reserved = message.Descriptor.ReservedRange.Select(
            (range, i) => (Numbers(range.Start, range.End - 1), TextOf(message, message.Path.Then(9), i))
        );
        return Closing(text, reserved);
    }

    public string Write(Declared<EnumDescriptorProto> type)
    {
        var text = Opening(type.Name, type.Comment);
        text.Append("| No. | Name | Meaning |\n|---|---|---|\n");
        foreach (var (i, value) in type.Descriptor.Value.Index().OrderBy(entry => entry.Item.Number))
        {
            var comment = _markdown.Cell(type.Source.TextOf(type.Path.Then(2, i)));
            text.Append($"| {value.Number} | `{value.Name}`{Deprecation(value.Options?.Deprecated)} | {comment} |\n");
        }

        text.Append('\n');
        var reserved = type.Descriptor.ReservedRange.Select(
            (range, i) => (Numbers(range.Start, range.End), TextOf(type, type.Path.Then(4), i))
        );
        return Closing(text, reserved);
    }

    private StringBuilder Opening(string name, string comment)
    {
        var text = new StringBuilder($"### {name}\n\n{_markdown.Block(comment)}\n\n");
        var users = _users[name].Where(user => user != name).Select(_markdown.Name).ToList();
        return users.Count == 0 ? text : text.Append($"In: {string.Join(", ", users)}\n\n");
    }

    private string Closing(StringBuilder text, IEnumerable<(string Numbers, string Reason)> reserved)
    {
        foreach (var (numbers, reason) in reserved)
        {
            text.Append($"Reserved: {numbers}. {_markdown.Cell(reason)}\n\n");
        }

        return text.ToString();
    }

    private void WriteChoices(Declared<DescriptorProto> message, StringBuilder text)
    {
        foreach (var (i, choice) in message.Descriptor.OneofDecl.Index())
        {
            var members = message
                .Descriptor.Field.Where(field => IsMember(field, i))
                .Select(field => field.Number)
                .ToList();
            if (members.Count > 0)
            {
                var comment = _markdown.Block(message.Source.TextOf(message.Path.Then(8, i)));
                text.Append($"`{choice.Name}` is one of the fields {Ranges(members)}. {comment}\n\n");
            }
        }
    }

    private string Row(Declared<DescriptorProto> message, FieldDescriptorProto field, string comment)
    {
        var name = $"`{field.Name}`{Deprecation(field.Options?.Deprecated)}";
        var type = TypeOf(message.Name, field);
        return $"| {field.Number} | {name} | {type} | `{field.JsonName}` | {_markdown.Cell(comment)} |\n";
    }

    private string TypeOf(string message, FieldDescriptorProto field)
    {
        if (_maps.TryGetValue(Short(field), out var map))
        {
            return $"map of {TypeOf(message, map.Field[0])} to {TypeOf(message, map.Field[1])}";
        }

        var type = field.TypeName.StartsWith(".google.protobuf.", StringComparison.Ordinal)
            ? WellKnown(field.TypeName[".google.protobuf.".Length..])
            : _markdown.Name(Short(field));
        return (field.Label, field.Proto3Optional) switch
        {
            (FieldDescriptorProto.Types.Label.Repeated, _) => $"repeated {type}",
            (_, true) => $"optional {type}",
            _ => type,
        };
    }

    private static IEnumerable<(string Used, string User)> Users(ApiModel api) =>
        api
            .Messages.SelectMany(message => message.Descriptor.Field.Select(field => (Short(field), message.Name)))
            .Concat(
                api.Services.SelectMany(service =>
                    service.Descriptor.Method.SelectMany(method =>
                        new[] { method.InputType, method.OutputType }.Select(type =>
                            (Short(type), $"{service.Name}.{method.Name}")
                        )
                    )
                )
            );

    private static bool IsMember(FieldDescriptorProto field, int choice) =>
        field is { HasOneofIndex: true, Proto3Optional: false } && field.OneofIndex == choice;

    /// <summary>The comment of one reserved range, or else of the statement that holds it.</summary>
    private static string TextOf<T>(Declared<T> declared, ProtoPath statement, int index)
    {
        var own = declared.Source.TextOf(new ProtoPath($"{statement.Text}.{index}"));
        return own.Length > 0 ? own : declared.Source.TextOf(statement);
    }

    private static string WellKnown(string name) =>
        $"[`google.protobuf.{name}`]({WellKnownTypes}#{name.ToLowerInvariant()})";

    private static string Numbers(int first, int last) => first == last ? $"{first}" : $"{first}-{last}";

    /// <summary>Such as <c>2-5, 7</c>.</summary>
    private static string Ranges(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
            {
                ranges[^1] = (ranges[^1].First, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return string.Join(", ", ranges.Select(range => Numbers(range.First, range.Last)));
    }

    private static string Deprecation(bool? isDeprecated) => isDeprecated == true ? " (deprecated)" : "";

    private static string Short(FieldDescriptorProto field) => Short(ApiTypes.TypeOf(field));

    private static string Short(string type) =>
        type.TrimStart('.').Replace($"{ApiDescriptors.Package}.", "", StringComparison.Ordinal);
}
