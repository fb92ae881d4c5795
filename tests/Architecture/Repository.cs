namespace Spaces.Architecture;

/// <summary>The files of this repository that people write, as the tests see them.</summary>
internal static class Repository
{
    /// <summary>Folders that tools fill; nothing in them is ours.</summary>
    private static readonly string[] Skipped =
    [
        ".git",
        ".run",
        ".tools",
        "bin",
        "obj",
        "dist",
        "node_modules",
        "artifacts",
        "TestResults",
        "BenchmarkDotNet.Artifacts",
        "__pycache__",
    ];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file whose name ends in one of <paramref name="endings"/>, as a path from the root.</summary>
    public static IReadOnlyList<string> Files(params string[] endings) =>
        [
            .. Walk(new DirectoryInfo(Root))
                .Where(file =>
                    endings.Length == 0 || endings.Any(end => file.Name.EndsWith(end, StringComparison.Ordinal))
                )
                .Select(file => Path.GetRelativePath(Root, file.FullName))
                .Order(StringComparer.Ordinal),
        ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] ReadLines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder
            .EnumerateFiles()
            .Concat(folder.EnumerateDirectories().Where(child => !Skipped.Contains(child.Name)).SelectMany(Walk));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Spaces.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException(
                $"No folder above {AppContext.BaseDirectory} holds Spaces.sln. Run the tests inside the repository."
            );
    }
}
