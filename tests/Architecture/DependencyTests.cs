using System.Reflection;
using System.Xml.Linq;

namespace Spaces.Architecture;

/// <summary>The dependency direction of ARCHITECTURE.md, checked on project files and built assemblies.</summary>
[TestFixture]
public sealed class DependencyTests
{
    /// <summary>Each assembly and what it may use of ours. A new arrow is a new line here, and an ADR.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Spaces.Contracts.Grpc"] = [],
        ["Spaces.Contracts.Messages"] = ["Spaces.Contracts.Grpc"],
        ["Spaces.Sfu.Protocol"] = [],
        ["Spaces.Sfu.Transport"] = [],
        ["Spaces.Sfu.Routing"] = ["Spaces.Sfu.Protocol"],
        ["Spaces.Sfu.Server"] =
        [
            "Spaces.Sfu.Protocol",
            "Spaces.Sfu.Transport",
            "Spaces.Sfu.Routing",
            "Spaces.Contracts.Messages",
            "Spaces.Contracts.Grpc",
        ],
        ["Spaces.Signaling.Domain"] = [],
        ["Spaces.Signaling.Store"] = ["Spaces.Signaling.Domain"],
        ["Spaces.Signaling.Server"] =
        [
            "Spaces.Signaling.Domain",
            "Spaces.Signaling.Store",
            "Spaces.Contracts.Messages",
            "Spaces.Contracts.Grpc",
        ],
    };

    /// <summary>Where alone foreign memory is touched: system calls and OpenSSL.</summary>
    private static readonly string[] UnsafeAllowed = ["Spaces.Sfu.Transport", "Spaces.Sfu.Protocol"];

    public static IEnumerable<string> Assemblies => Allowed.Keys;

    [TestCaseSource(nameof(Assemblies))]
    public void An_assembly_depends_only_on_what_the_architecture_allows(string name)
    {
        var references = Assembly
            .Load(name)
            .GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(reference => reference.StartsWith("Spaces.", StringComparison.Ordinal));

        Assert.That(references, Is.SubsetOf(Allowed[name]));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void A_project_file_references_only_what_the_architecture_allows(string name)
    {
        var references = Projects()[name]
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.That(references, Is.SubsetOf(Allowed[name]));
    }

    [Test]
    public void Every_product_project_has_its_line_in_the_table_of_allowed_dependencies() =>
        Assert.That(Projects().Keys, Is.EquivalentTo(Allowed.Keys));

    [Test]
    public void Only_the_projects_that_call_into_the_system_may_hold_unsafe_code()
    {
        var holders = Projects()
            .Where(project => project.Value.Descendants("AllowUnsafeBlocks").Any(value => value.Value == "true"))
            .Select(project => project.Key);

        Assert.That(holders, Is.SubsetOf(UnsafeAllowed));
    }

    [TestCase("Spaces.Sfu.Protocol")]
    [TestCase("Spaces.Sfu.Routing")]
    [TestCase("Spaces.Signaling.Domain")]
    public void A_layer_without_input_and_output_references_no_socket_assembly(string name)
    {
        var references = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.That(
            references,
            Has.None.Matches<string?>(reference =>
                reference!.StartsWith("System.Net.Sockets", StringComparison.Ordinal)
                || reference.StartsWith("System.Net.Http", StringComparison.Ordinal)
                || reference.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || reference.StartsWith("Google.Protobuf", StringComparison.Ordinal)
            )
        );
    }

    private static Dictionary<string, XDocument> Projects() =>
        Repository
            .Files(".csproj")
            .Where(path => !path.StartsWith("tests", StringComparison.Ordinal))
            .ToDictionary(
                path => Path.GetFileNameWithoutExtension(path),
                path => XDocument.Load(Path.Combine(Repository.Root, path))
            );
}
