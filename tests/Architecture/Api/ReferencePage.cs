using System.Text;
using Google.Protobuf.Reflection;

namespace Spaces.Architecture.Api;

/// <summary>Writes docs/api.md: the introduction, and then everything that the .proto files declare.</summary>
internal sealed class ReferencePage
{
    private readonly ApiModel _api;
    private readonly Markdown _markdown;
    private readonly StringBuilder _page = new();

    private ReferencePage(ApiModel api)
    {
        _api = api;
        _markdown = new Markdown(Anchors(api));
    }

    /// <param name="set">With comments.</param>
    /// <param name="introduction">Written by hand; stands first.</param>
    public static string Write(FileDescriptorSet set, string introduction)
    {
        var page = new ReferencePage(new ApiModel(set));
        page._page.Append(introduction.TrimEnd()).Append("\n\n");
        page.WriteContents();
        page.Line("## Services").Line();
        page._api.Services.ForEach(page.WriteService);
        page.Line("## Messages").Line();
        var messages = new MessageReference(page._api, page._markdown);
        page._api.Messages.ForEach(message => page._page.Append(messages.Write(message)));
        page.Line("## Enums").Line();
        page._api.Enums.ForEach(type => page._page.Append(messages.Write(type)));
        return page._page.ToString().TrimEnd() + "\n";
    }

    private static Dictionary<string, string> Anchors(ApiModel api)
    {
        var anchors = new Dictionary<string, string>();
        foreach (var service in api.Services)
        {
            anchors[service.Name] = service.Name;
            foreach (var method in service.Descriptor.Method)
            {
                anchors[$"{service.Name}.{method.Name}"] = $"{service.Name}.{method.Name}";
            }
        }

        foreach (var namesakes in Methods(api).GroupBy(method => method.Name).Where(group => group.Count() == 1))
        {
            anchors[namesakes.Key] = namesakes.Single().FullName;
        }

        foreach (var type in api.Enums)
        {
            anchors[type.Name] = type.Name;
            foreach (var value in type.Descriptor.Value)
            {
                anchors[value.Name] = type.Name;
            }
        }

        foreach (var message in api.Messages)
        {
            anchors[message.Name] = message.Name;
            foreach (var field in message.Descriptor.Field)
            {
                anchors[$"{message.Name}.{field.Name}"] = message.Name;
            }
        }

        foreach (var choice in api.Messages.SelectMany(message => message.Descriptor.Field.Where(IsChoice)))
        {
            anchors.TryAdd(choice.Name, Short(choice.TypeName));
        }

        return anchors;
    }

    private static IEnumerable<(string Name, string FullName)> Methods(ApiModel api) =>
        api.Services.SelectMany(service =>
            service.Descriptor.Method.Select(method => (method.Name, $"{service.Name}.{method.Name}"))
        );

    private void WriteContents()
    {
        Line("## Contents").Line();
        foreach (var service in _api.Services)
        {
            var methods = service.Descriptor.Method.Select(method =>
                $"[{method.Name}](#{Markdown.AnchorOf($"{service.Name}.{method.Name}")})"
            );
            Line($"- **{Link(service.Name)}**: {string.Join(", ", methods)}");
        }

        foreach (var file in _api.Files)
        {
            var names = _api
                .Messages.Where(message => message.Source.File == file.Name)
                .Select(message => message.Name)
                .Concat(_api.Enums.Where(type => type.Source.File == file.Name).Select(type => type.Name))
                .ToList();
            if (names.Count > 0)
            {
                Line(
                    $"- Types of [{FileName(file)}](../contracts/proto/{file.Name}): "
                        + string.Join(", ", names.Select(Link))
                );
            }
        }

        Line();
    }

    private void WriteService(Declared<ServiceDescriptorProto> service)
    {
        var common = ApiErrors.SplitCommon(service.Comment);
        Line($"### {service.Name}").Line().Line(_markdown.Block(common.Text)).Line();
        if (common.Errors.Count > 0)
        {
            Line("Every method may answer:").Line();
            WriteErrors(common.Errors);
        }

        foreach (var (i, method) in service.Descriptor.Method.Index())
        {
            var comment = ApiErrors.Split(service.Source.TextOf(service.Path.Then(2, i)));
            Line($"#### {service.Name}.{method.Name}").Line();
            Line(_markdown.Block(comment.Text)).Line();
            WriteMethod($"{ApiDescriptors.Package}.{service.Name}", method);
            WriteErrors(comment.Errors);
            if (common.Errors.Count > 0)
            {
                var also = comment.Errors.Count > 0 ? "And" : "Errors:";
                Line($"{also} those of every method of {Link(service.Name)}.").Line();
            }
        }
    }

    private void WriteMethod(string service, MethodDescriptorProto method)
    {
        var stream = (bool isStream) => isStream ? "stream of " : "";
        Line("| | |").Line("|---|---|");
        Line($"| Request | {stream(method.ClientStreaming)}{_markdown.Name(Short(method.InputType))} |");
        Line($"| Response | {stream(method.ServerStreaming)}{_markdown.Name(Short(method.OutputType))} |");
        Line($"| Path | `/{service}/{method.Name}` |");
        Line($"| Over | {ProtocolsOf(method)} |").Line();
    }

    private static string ProtocolsOf(MethodDescriptorProto method) =>
        (method.ClientStreaming, method.ServerStreaming) switch
        {
            (false, false)
                when method.Options?.IdempotencyLevel == MethodOptions.Types.IdempotencyLevel.NoSideEffects =>
                "gRPC, gRPC-Web, Connect by `POST` or `GET`",
            (false, false) => "gRPC, gRPC-Web, Connect by `POST`",
            (false, true) => "gRPC, gRPC-Web, Connect (server streaming)",
            (true, _) => "gRPC",
        };

    private void WriteErrors(IReadOnlyList<ApiError> errors)
    {
        if (errors.Count == 0)
        {
            return;
        }

        Line("| Error | HTTP | When |").Line("|---|---|---|");
        foreach (var error in errors)
        {
            Line($"| `{error.Code}` | {ApiErrors.HttpStatuses[error.Code]} | {_markdown.Cell(error.When)} |");
        }

        Line();
    }

    /// <summary>Comments call the members of a oneof by their field's name: <c>join</c> is a <c>Join</c>.</summary>
    private static bool IsChoice(FieldDescriptorProto field) =>
        field is { HasOneofIndex: true, Proto3Optional: false }
        && field.TypeName.StartsWith($".{ApiDescriptors.Package}.", StringComparison.Ordinal);

    private static string Short(string type) =>
        type.TrimStart('.').Replace($"{ApiDescriptors.Package}.", "", StringComparison.Ordinal);

    private static string FileName(FileDescriptorProto file) => file.Name[(file.Name.LastIndexOf('/') + 1)..];

    private static string Link(string name) => $"[{name}](#{Markdown.AnchorOf(name)})";

    private ReferencePage Line(string text = "")
    {
        _page.Append(text).Append('\n');
        return this;
    }
}
