using Google.Protobuf.Reflection;
using Spaces.Architecture.Api;

namespace Spaces.Architecture;

/// <summary>Whoever was built against the last release can go on: nothing of spaces.v1 goes or changes.</summary>
[TestFixture]
public sealed class ReleasedApiTests
{
    [Test]
    public void Everything_released_is_still_there_with_its_number_name_and_type()
    {
        var gone = Facts(ApiDescriptors.ReadReleased().File)
            .Except(Facts(ApiDescriptors.ReadCurrent().File), StringComparer.Ordinal);

        Assert.That(string.Join('\n', gone), Is.Empty);
    }

    /// <summary>A changed name, number or type is a sentence that is no longer true.</summary>
    [Test]
    public void A_changed_field_is_seen()
    {
        var field = new FieldDescriptorProto { Name = "id", Number = 1 };
        var file = new FileDescriptorProto { Package = ApiDescriptors.Package };
        file.MessageType.Add(new DescriptorProto { Name = "Room", Field = { field } });
        var before = Facts([file]).ToList();

        field.Number = 2;

        Assert.That(before.Except(Facts([file])), Has.Exactly(1).Contains("Room.id = 1"));
    }

    private static IEnumerable<string> Facts(IEnumerable<FileDescriptorProto> files) =>
        files.Where(file => file.Package == ApiDescriptors.Package).SelectMany(Facts);

    private static IEnumerable<string> Facts(FileDescriptorProto file) =>
        file
            .MessageType.SelectMany(message => Facts(message, message.Name))
            .Concat(file.EnumType.SelectMany(type => Facts(type, type.Name)))
            .Concat(file.Service.SelectMany(Facts));

    private static IEnumerable<string> Facts(DescriptorProto message, string name) =>
        message
            .Field.Select(field => Fact(message, field, name))
            .Concat(message.EnumType.SelectMany(type => Facts(type, $"{name}.{type.Name}")))
            .Concat(message.NestedType.SelectMany(nested => Facts(nested, $"{name}.{nested.Name}")))
            .Append($"message {name}");

    private static string Fact(DescriptorProto message, FieldDescriptorProto field, string name)
    {
        var choice = field.HasOneofIndex ? $" in {message.OneofDecl[field.OneofIndex].Name}" : "";
        return $"field {name}.{field.Name} = {field.Number}: {field.Label} {field.Type} {field.TypeName}{choice}";
    }

    private static IEnumerable<string> Facts(EnumDescriptorProto type, string name) =>
        type.Value.Select(value => $"value {name}.{value.Name} = {value.Number}");

    private static IEnumerable<string> Facts(ServiceDescriptorProto service) =>
        service.Method.Select(method =>
            $"method {service.Name}.{method.Name}({method.ClientStreaming} {method.InputType}) returns "
            + $"({method.ServerStreaming} {method.OutputType}), {method.Options?.IdempotencyLevel}"
        );
}
