using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>A declaration of a file: its descriptor and its comment with the lines it has.</summary>
internal sealed record Declared<T>(string Name, T Descriptor, string Comment, ProtoPath Path, SourceComments Source);

/// <summary>Everything that the files of spaces.v1 declare, in the order in which it is read best.</summary>
internal sealed class ApiModel
{
    /// <summary>Files with an order of their own; others stand between, by name.</summary>
    private static readonly Dictionary<string, int> Order = new()
    {
        ["spaces/v1/room.proto"] = 0,
        ["spaces/v1/signaling.proto"] = 1,
        ["spaces/v1/events.proto"] = 2,
        ["spaces/v1/media_control.proto"] = int.MaxValue,
    };

    public ApiModel(FileDescriptorSet set)
    {
        Files =
        [
            .. ApiDescriptors
                .Ours(set)
                .OrderBy(file => Order.GetValueOrDefault(file.Name, 100))
                .ThenBy(file => file.Name, StringComparer.Ordinal),
        ];
        foreach (var file in Files)
        {
            Add(file);
        }
    }

    public IReadOnlyList<FileDescriptorProto> Files { get; }

    public List<Declared<ServiceDescriptorProto>> Services { get; } = [];

    public List<Declared<DescriptorProto>> Messages { get; } = [];

    public List<Declared<EnumDescriptorProto>> Enums { get; } = [];

    private void Add(FileDescriptorProto file)
    {
        var source = new SourceComments(file);
        foreach (var (i, service) in file.Service.Index())
        {
            Services.Add(Declare(service.Name, service, new ProtoPath(6, i), source));
        }

        foreach (var (i, message) in file.MessageType.Index())
        {
            Add(message, message.Name, new ProtoPath(4, i), source);
        }

        foreach (var (i, type) in file.EnumType.Index())
        {
            Enums.Add(Declare(type.Name, type, new ProtoPath(5, i), source));
        }
    }

    private void Add(DescriptorProto message, string name, ProtoPath path, SourceComments source)
    {
        if (message.Options is { MapEntry: true })
        {
            return;
        }

        Messages.Add(Declare(name, message, path, source));
        foreach (var (i, nested) in message.NestedType.Index())
        {
            Add(nested, $"{name}.{nested.Name}", path.Then(3, i), source);
        }

        foreach (var (i, type) in message.EnumType.Index())
        {
            Enums.Add(Declare($"{name}.{type.Name}", type, path.Then(4, i), source));
        }
    }

    private static Declared<T> Declare<T>(string name, T descriptor, ProtoPath path, SourceComments source) =>
        new(name, descriptor, source.TextOf(path), path, source);
}
