using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;

namespace Grpc.Reflection;

/// <summary>The mapped services, and every file that describes them or is imported by one that does.</summary>
internal sealed class ReflectionIndex(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<ServiceDescriptor>> _services = new(() =>
        [
            .. endpoints
                .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
                .OfType<Type>()
                .Distinct()
                .Select(GeneratedService.DescriptorOf)
                .OfType<ServiceDescriptor>()
                .DistinctBy(service => service.FullName)
                .OrderBy(service => service.FullName, StringComparer.Ordinal),
        ]
    );

    public IEnumerable<string> ServiceNames => _services.Value.Select(service => service.FullName);

    public FileDescriptor? FileNamed(string name) => Files().FirstOrDefault(file => file.Name == name);

    /// <summary>The file with a message, enumeration, service, method or field of this fully qualified name.</summary>
    public FileDescriptor? FileWith(string symbol) =>
        Files().FirstOrDefault(file => Names(file).Contains(symbol, StringComparer.Ordinal));

    public bool HasMessage(string name) =>
        Files().SelectMany(file => file.MessageTypes).SelectMany(WithNested).Any(type => type.FullName == name);

    /// <summary>A file and everything it needs, each once, imports first.</summary>
    public static IEnumerable<ByteString> WithImports(FileDescriptor file) =>
        Closure([file]).Select(one => one.SerializedData);

    private IEnumerable<FileDescriptor> Files() => Closure(_services.Value.Select(service => service.File));

    private static IEnumerable<FileDescriptor> Closure(IEnumerable<FileDescriptor> files) =>
        files.SelectMany(file => Closure(file.Dependencies).Append(file)).DistinctBy(file => file.Name);

    private static IEnumerable<string> Names(FileDescriptor file) =>
        file
            .Services.SelectMany(service => service.Methods.Select(method => method.FullName).Append(service.FullName))
            .Concat(file.EnumTypes.Select(type => type.FullName))
            .Concat(file.MessageTypes.SelectMany(WithNested).SelectMany(NamesOf));

    private static IEnumerable<string> NamesOf(MessageDescriptor type) =>
        type
            .Fields.InDeclarationOrder()
            .Select(field => field.FullName)
            .Concat(type.EnumTypes.Select(nested => nested.FullName))
            .Append(type.FullName);

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor type) =>
        type.NestedTypes.SelectMany(WithNested).Append(type);
}
