using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Finds the generated code behind a service that somebody wrote.</summary>
internal static class GeneratedService
{
    /// <exception cref="InvalidOperationException">The type is no gRPC service.</exception>
    public static (Type Generated, BindServiceMethodAttribute Attribute) BaseOf(Type service)
    {
        for (var type = service; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                return (type, attribute);
            }
        }
        throw new InvalidOperationException($"{service} does not derive from a generated gRPC service base.");
    }

    /// <summary>Null for a service whose messages are not protobuf.</summary>
    public static ServiceDescriptor? DescriptorOf(Type service) =>
        BaseOf(service)
            .Attribute.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)
            ?.GetValue(null) as ServiceDescriptor;
}
