using System.Diagnostics;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Foreign;

/// <summary>A client or server in another language, from the folder <c>interop</c>.</summary>
internal sealed class ForeignProcess : IDisposable
{
    private static readonly string Folder = FindFolder();
    private static readonly string Descriptor = EchoReflection.Descriptor.SerializedData.ToBase64();

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ForeignProcess(string program, params string[] arguments)
    {
        _process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
            }
        )!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static ForeignProcess Node(string script, params string[] arguments)
    {
        InstallNodePackages();
        return new ForeignProcess("node", [script, .. arguments]);
    }

    /// <remarks>The distribution's interpreter, since grpcio is its package.</remarks>
    public static ForeignProcess Python(string script, params string[] arguments) =>
        new("/usr/bin/python3", [script, .. arguments, Descriptor]);

    /// <summary>The process's first line, which a server prints when it listens and a client when it is done.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(TestClock.InteropPatience)
        ?? throw new InvalidOperationException($"The process printed nothing but: {await _errors}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TestClock.Patience))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private static void InstallNodePackages()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            return;
        }
        using var npm = Process.Start(
            new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"])
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        Assert.That(npm.ExitCode, Is.Zero, () => $"npm ci failed: {output.Result}{errors}");
    }

    private static string FindFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "interop");
            if (File.Exists(Path.Combine(folder, "package.json")))
            {
                return folder;
            }
        }
        throw new DirectoryNotFoundException($"There is no folder 'interop' above {AppContext.BaseDirectory}.");
    }
}
