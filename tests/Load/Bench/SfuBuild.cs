using System.Diagnostics;

namespace Spaces.Load.Bench;

/// <summary>Finds the SFU to measure: the Release build of this repository, built if it is not up to date.</summary>
internal static class SfuBuild
{
    private const string Project = "sfu/Server/Spaces.Sfu.Server.csproj";
    private const string Assembly = "sfu/Server/bin/Release/net10.0/Spaces.Sfu.Server.dll";

    /// <exception cref="InvalidOperationException">
    /// There is no repository around this program, or it does not build.
    /// </exception>
    public static async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        var root = FindRepository();
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var word in (string[])["build", Project, "-c", "Release", "-v", "quiet", "-nologo", "-nodeReuse:false"]
        )
        {
            start.ArgumentList.Add(word);
        }

        using var build = Process.Start(start)!;
        var errors = build.StandardError.ReadToEndAsync(cancellationToken);
        var output = await build.StandardOutput.ReadToEndAsync(cancellationToken);
        await build.WaitForExitAsync(cancellationToken);
        return build.ExitCode == 0
            ? Path.Combine(root, Assembly)
            : throw new InvalidOperationException($"The SFU does not build:\n{output}{await errors}");
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Spaces.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            "This program stands in no copy of the repository; name the SFU by --sfu path/to/Spaces.Sfu.Server.dll."
        );
    }
}
