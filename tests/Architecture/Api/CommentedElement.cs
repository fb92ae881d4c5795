using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>One thing that a .proto file declares, and what its comment says of it.</summary>
/// <param name="Kind">Message, field, and so on, for people.</param>
/// <param name="Name">The full name without the package, such as <c>Room.title</c>.</param>
/// <param name="Where">File and line.</param>
/// <param name="Comment">In one line; empty where there is none.</param>
internal sealed record CommentedElement(string Kind, string Name, string Where, string Comment)
{
    /// <summary>Everything of <paramref name="file"/> that wants a comment.</summary>
    public static IEnumerable<CommentedElement> Of(FileDescriptorProto file)
    {
        var source = new SourceComments(file);
        return file
            .MessageType.SelectMany((type, i) => OfMessage(source, type, type.Name, new ProtoPath(4, i)))
            .Concat(file.EnumType.SelectMany((type, i) => OfEnum(source, type, type.Name, new ProtoPath(5, i))))
            .Concat(file.Service.SelectMany((service, i) => OfService(source, service, new ProtoPath(6, i))));
    }

    private static IEnumerable<CommentedElement> OfMessage(
        SourceComments source,
        DescriptorProto message,
        string name,
        ProtoPath path
    ) =>
        message
            .Field.Select((field, i) => source.Element("field", $"{name}.{field.Name}", path.Then(2, i)))
            .Prepend(source.Element("message", name, path))
            .Concat(
                message.OneofDecl.Select((choice, i) => OfChoice(source, message, i, $"{name}.{choice.Name}", path))
            )
            .OfType<CommentedElement>()
            .Concat(
                message.NestedType.SelectMany(
                    (nested, i) => OfMessage(source, nested, $"{name}.{nested.Name}", path.Then(3, i))
                )
            )
            .Concat(
                message.EnumType.SelectMany((type, i) => OfEnum(source, type, $"{name}.{type.Name}", path.Then(4, i)))
            )
            .Concat(
                message.ReservedRange.Select(
                    (range, i) =>
                        source.Element("reserved number", $"{name} {range.Start}", path.Then(9, i), path.Then(9))
                )
            );

    /// <summary>What the compiler adds for an <c>optional</c> field is no choice that anybody wrote.</summary>
    private static CommentedElement? OfChoice(
        SourceComments source,
        DescriptorProto message,
        int index,
        string name,
        ProtoPath path
    ) =>
        message.Field.Any(field => field is { HasOneofIndex: true, Proto3Optional: true } && field.OneofIndex == index)
            ? null
            : source.Element("oneof", name, path.Then(8, index));

    private static IEnumerable<CommentedElement> OfEnum(
        SourceComments source,
        EnumDescriptorProto type,
        string name,
        ProtoPath path
    ) =>
        type
            .Value.Select((value, i) => source.Element("enum value", $"{name}.{value.Name}", path.Then(2, i)))
            .Prepend(source.Element("enum", name, path))
            .Concat(
                type.ReservedRange.Select(
                    (range, i) =>
                        source.Element("reserved number", $"{name} {range.Start}", path.Then(4, i), path.Then(4))
                )
            );

    private static IEnumerable<CommentedElement> OfService(
        SourceComments source,
        ServiceDescriptorProto service,
        ProtoPath path
    ) =>
        service
            .Method.Select((method, i) => source.Element("method", $"{service.Name}.{method.Name}", path.Then(2, i)))
            .Prepend(source.Element("service", service.Name, path));
}
