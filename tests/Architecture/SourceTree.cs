using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Spaces.Architecture;

/// <summary>Every C# file of the repository, parsed once for all tests.</summary>
internal static class SourceTree
{
    private static readonly Lazy<IReadOnlyList<(string Path, SyntaxNode Root)>> Parsed = new(() =>
        [
            .. Repository
                .Files(".cs")
                .AsParallel()
                .AsOrdered()
                .Select(path =>
                    (
                        path,
                        CSharpSyntaxTree
                            .ParseText(Repository.Read(path), new CSharpParseOptions(LanguageVersion.Preview))
                            .GetRoot()
                    )
                ),
        ]
    );

    public static IEnumerable<(string Path, SyntaxNode Root)> All => Parsed.Value;

    /// <summary>The files below the given folders.</summary>
    public static IEnumerable<(string Path, SyntaxNode Root)> Under(params string[] folders) =>
        All.Where(file => folders.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal)));

    /// <summary>Every node of a kind below the given folders, with the words that lead a reader to it.</summary>
    public static IEnumerable<(string Where, T Node)> Nodes<T>(params string[] folders)
        where T : SyntaxNode =>
        Under(folders)
            .SelectMany(file =>
                file.Root.DescendantNodes().OfType<T>().Select(node => ($"{file.Path}:{FirstLine(node)}", node))
            );

    public static int LineCount(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    public static bool Has(this SyntaxTokenList modifiers, SyntaxKind kind) => modifiers.Any(kind);

    /// <summary>True when the type can be seen from another assembly.</summary>
    public static bool IsPublic(BaseTypeDeclarationSyntax type) =>
        type.Modifiers.Has(SyntaxKind.PublicKeyword)
        && (type.Parent is not BaseTypeDeclarationSyntax outer || IsPublic(outer));

    private static int FirstLine(SyntaxNode node) => node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
}
