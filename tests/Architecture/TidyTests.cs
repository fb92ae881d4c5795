using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Spaces.Architecture;

/// <summary>Limits that keep code on one screen. Lower a number when the code allows; never raise one.</summary>
[TestFixture]
public sealed partial class TidyTests
{
    private const int LineLengthMax = 120;
    private const int FileLinesMax = 400;
    private const int FunctionLinesMax = 60;

    /// <summary>What people write by hand and read on a screen.</summary>
    private static readonly string[] Written =
    [
        ".cs",
        ".csproj",
        ".props",
        ".proto",
        ".ts",
        ".tsx",
        ".mts",
        ".mjs",
        ".js",
        ".css",
        ".html",
        ".py",
        ".sh",
        "Makefile",
        ".ci/run",
    ];

    /// <summary>Every text file, lock files included.</summary>
    private static readonly string[] Tracked = [.. Written, ".md", ".json", ".yml", ".yaml", ".sln", ".editorconfig"];

    private static readonly string[] MutableCollections =
    [
        "List<",
        "Dictionary<",
        "HashSet<",
        "Queue<",
        "Stack<",
        "ConcurrentDictionary<",
        "ConcurrentQueue<",
        "ConditionalWeakTable<",
    ];

    [Test]
    public void No_line_is_longer_than_120_columns() =>
        AssertNone(
            from path in Repository.Files(Written)
            from line in Repository.ReadLines(path).Index()
            where line.Item.Length > LineLengthMax
            select $"{path}:{line.Index + 1}: {line.Item.Length} columns"
        );

    [Test]
    public void No_file_is_longer_than_400_lines() =>
        AssertNone(
            from path in Repository.Files(Written)
            let lines = Repository.ReadLines(path).Length
            where lines > FileLinesMax
            select $"{path}: {lines} lines"
        );

    [Test]
    public void No_function_is_longer_than_60_lines() =>
        AssertNone(
            from function in SourceTree
                .Nodes<SyntaxNode>("")
                .Where(found =>
                    found.Node
                        is BaseMethodDeclarationSyntax
                            or LocalFunctionStatementSyntax
                            or AccessorDeclarationSyntax
                )
            let lines = SourceTree.LineCount(function.Node)
            where lines > FunctionLinesMax
            select $"{function.Where}: {lines} lines"
        );

    [Test]
    public void Nothing_locks_where_packets_are_handled() =>
        AssertNone(SourceTree.Nodes<LockStatementSyntax>("sfu/Protocol/", "sfu/Routing/").Select(found => found.Where));

    [Test]
    public void No_work_is_left_behind_as_a_remark() =>
        AssertNone(Matches(Repository.Files(Written), UnfinishedMark()));

    [Test]
    public void Every_public_type_of_the_protocol_layer_says_what_it_is() =>
        AssertNone(
            from type in SourceTree.Nodes<BaseTypeDeclarationSyntax>("sfu/Protocol/")
            where SourceTree.IsPublic(type.Node)
            where !type.Node.GetLeadingTrivia().Any(SyntaxKind.SingleLineDocumentationCommentTrivia)
            select $"{type.Where}: {type.Node.Identifier.Text} has no documentation comment"
        );

    [Test]
    public void No_static_field_of_the_product_can_change() =>
        AssertNone(
            from field in SourceTree.Nodes<FieldDeclarationSyntax>("contracts/", "sfu/", "signaling/")
            let modifiers = field.Node.Modifiers
            where modifiers.Has(SyntaxKind.StaticKeyword)
            where !modifiers.Has(SyntaxKind.ReadOnlyKeyword) || HoldsMutableCollection(field.Node)
            select $"{field.Where}: {field.Node}"
        );

    [Test]
    public void No_static_property_of_the_product_can_be_set() =>
        AssertNone(
            from property in SourceTree.Nodes<PropertyDeclarationSyntax>("contracts/", "sfu/", "signaling/")
            where property.Node.Modifiers.Has(SyntaxKind.StaticKeyword)
            where property.Node.AccessorList?.Accessors.Any(SyntaxKind.SetAccessorDeclaration) == true
            select $"{property.Where}: {property.Node.Identifier.Text}"
        );

    [Test]
    public void A_test_waits_for_a_state_and_never_for_a_while() =>
        AssertNone(Matches(Repository.Files(".cs").Where(InTests), SleepCall()));

    [Test]
    public void No_test_is_skipped() =>
        AssertNone(
            Matches(Repository.Files(".cs").Where(InTests), SkippedTest())
                .Concat(
                    Matches(
                        Repository.Files(".test.ts", ".test.mjs", ".test.mts", ".spec.ts", "_test.py"),
                        SkippedScriptTest()
                    )
                )
        );

    [Test]
    public void No_file_names_a_folder_of_somebodys_machine_or_a_package_registry() =>
        AssertNone(Matches(Repository.Files(Tracked), MachineName()));

    private static bool InTests(string path) =>
        path.StartsWith("tests/", StringComparison.Ordinal)
        && !path.StartsWith("tests/Architecture/", StringComparison.Ordinal);

    private static bool HoldsMutableCollection(FieldDeclarationSyntax field) =>
        MutableCollections.Any(field.Declaration.Type.ToString().StartsWith);

    private static IEnumerable<string> Matches(IEnumerable<string> paths, Regex pattern) =>
        from path in paths
        where !path.EndsWith(nameof(TidyTests) + ".cs", StringComparison.Ordinal)
        from line in Repository.ReadLines(path).Index()
        let match = pattern.Match(line.Item)
        where match.Success
        select $"{path}:{line.Index + 1}: {match.Value}";

    private static void AssertNone(IEnumerable<string> violations)
    {
        Assert.That(string.Join('\n', violations), Is.Empty);
    }

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex UnfinishedMark();

    [GeneratedRegex(@"\bThread\.(Sleep|SpinWait)\(|\bTask\.Delay\(\s*(\d|TimeSpan\.From)")]
    private static partial Regex SleepCall();

    [GeneratedRegex(@"\[(Ignore|Explicit)\b|Assert\.(Ignore|Inconclusive)\(")]
    private static partial Regex SkippedTest();

    [GeneratedRegex(@"\b(it|test|describe)\.(skip|todo|only)\(|\bskip:\s*true|@unittest\.skip|\.skipTest\(")]
    private static partial Regex SkippedScriptTest();

    [GeneratedRegex(
        @"(?<![\w.])/(work|home|Users)/\w|registry\.npmjs|registry\.yarnpkg|api\.nuget\.org|jfrog|artifactory"
    )]
    private static partial Regex MachineName();
}
