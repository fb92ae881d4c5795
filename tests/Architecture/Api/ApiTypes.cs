using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>Everything that a set of descriptors declares for us, by full name.</summary>
internal static class ApiTypes
{
    /// <summary>By its place, not its package: a file that changes its package is still ours.</summary>
    public static bool IsOurs(FileDescriptorProto file) => file.Name.StartsWith("spaces/", StringComparison.Ordinal);

    public static IEnumerable<(string Name, DescriptorProto Message)> Messages(FileDescriptorSet set) =>
        set
            .File.Where(IsOurs)
            .SelectMany(file => file.MessageType.SelectMany(message => Messages(file.Package, message)));

    public static IEnumerable<(string Name, EnumDescriptorProto Enum)> Enums(FileDescriptorSet set) =>
        set
            .File.Where(IsOurs)
            .SelectMany(file => file.EnumType.Select(type => ($"{file.Package}.{type.Name}", type)))
            .Concat(
                Messages(set)
                    .SelectMany(entry => entry.Message.EnumType.Select(type => ($"{entry.Name}.{type.Name}", type)))
            );

    public static IEnumerable<(string Name, ServiceDescriptorProto Service)> Services(FileDescriptorSet set) =>
        set
            .File.Where(IsOurs)
            .SelectMany(file => file.Service.Select(service => ($"{file.Package}.{service.Name}", service)));

    /// <summary>Such as <c>uint32</c> or <c>spaces.v1.Room</c>.</summary>
    public static string TypeOf(FieldDescriptorProto field) =>
        field.TypeName.Length > 0 ? field.TypeName.TrimStart('.') : field.Type.ToString().ToLowerInvariant();

    /// <summary>Single, optional (it can be absent) or repeated.</summary>
    public static string LabelOf(FieldDescriptorProto field)
    {
        if (field.Label == FieldDescriptorProto.Types.Label.Repeated)
        {
            return "repeated";
        }

        return field.Proto3Optional ? "optional" : "single";
    }

    /// <summary>The oneof that somebody wrote around the field; "none" elsewhere.</summary>
    public static string ChoiceOf(DescriptorProto owner, FieldDescriptorProto field) =>
        field is { HasOneofIndex: true, Proto3Optional: false } ? owner.OneofDecl[field.OneofIndex].Name : "none";

    /// <summary>
    /// Texts and numbers of the messages that methods take, however deep, by names such as <c>Join.token</c>.
    /// </summary>
    public static IEnumerable<string> Sent(FileDescriptorSet set)
    {
        var messages = Messages(set).ToDictionary(entry => entry.Name, entry => entry.Message);
        var waiting = new Queue<string>(
            Services(set).SelectMany(entry => entry.Service.Method).Select(method => method.InputType.TrimStart('.'))
        );
        var seen = new HashSet<string>();
        while (waiting.TryDequeue(out var name))
        {
            if (!messages.TryGetValue(name, out var message) || !seen.Add(name))
            {
                continue;
            }

            foreach (var field in message.Field)
            {
                if (field.TypeName.Length > 0)
                {
                    waiting.Enqueue(TypeOf(field));
                }
                else if (field.Type != FieldDescriptorProto.Types.Type.Bool)
                {
                    yield return $"{name[(ApiDescriptors.Package.Length + 1)..]}.{field.Name}";
                }
            }
        }
    }

    private static IEnumerable<(string Name, DescriptorProto Message)> Messages(string outer, DescriptorProto message)
    {
        var name = $"{outer}.{message.Name}";
        return message.NestedType.SelectMany(nested => Messages(name, nested)).Prepend((name, message));
    }
}
