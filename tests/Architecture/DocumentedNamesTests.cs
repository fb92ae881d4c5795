using System.Text.RegularExpressions;
using Spaces.Architecture.Api;

namespace Spaces.Architecture;

/// <summary>The names of the API that docs/protocol.md uses are those of the .proto files.</summary>
[TestFixture]
public sealed partial class DocumentedNamesTests
{
    private const string PagePath = "docs/protocol.md";

    /// <summary>Of browsers, not of ours.</summary>
    private static readonly HashSet<string> Foreign = ["replaceTrack", "getContributingSources"];

    private static readonly ApiModel Api = new(ApiDescriptors.ReadCurrent());

    [Test]
    public void A_name_in_camel_case_is_the_json_name_of_a_field() =>
        Assert.That(
            Names(CamelCase()).Except(Foreign),
            Is.SubsetOf(Api.Messages.SelectMany(message => message.Descriptor.Field).Select(field => field.JsonName))
        );

    [Test]
    public void A_name_in_capitals_is_an_enum_value_or_an_error() =>
        Assert.That(
            Names(Capitals()),
            Is.SubsetOf(
                Api.Enums.SelectMany(type => type.Descriptor.Value)
                    .Select(value => value.Name)
                    .Concat(ApiErrors.HttpStatuses.Keys)
            )
        );

    [Test]
    public void A_name_of_a_type_or_method_exists() =>
        Assert.That(
            Names(TypeCase()),
            Is.SubsetOf(
                Api.Messages.Select(message => message.Name)
                    .Concat(Api.Enums.Select(type => type.Name))
                    .Concat(Api.Services.Select(service => service.Name))
                    .Concat(Api.Services.SelectMany(service => service.Descriptor.Method).Select(method => method.Name))
            )
        );

    /// <summary>The names of one kind in code type, inline or in blocks that are no program.</summary>
    private static IEnumerable<string> Names(Regex kind)
    {
        var page = Programs().Replace(Repository.Read(PagePath), "");
        return Code()
            .Matches(page)
            .SelectMany(code => kind.Matches(code.Value))
            .Select(match => match.Value)
            .Distinct();
    }

    [GeneratedRegex("^```sh$.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Programs();

    [GeneratedRegex("```.*?```|`[^`\n]+`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\b[a-z]+([A-Z][a-z]*)+\b")]
    private static partial Regex CamelCase();

    [GeneratedRegex(@"(?<!…_|\w)[A-Z]+(_[A-Z]+)+\b")]
    private static partial Regex Capitals();

    [GeneratedRegex(@"\b([A-Z][a-z]+){2,}\b")]
    private static partial Regex TypeCase();
}
