using System.Diagnostics;
using Grpc.Testing;
using Spaces.Contracts.Tests.Hosting;
using Spaces.Contracts.Tests.InteropCases;
using Spaces.Tests.V1;

namespace Spaces.Contracts.Tests.Foreign;

/// <summary>A client or server in another language, from the folder <c>interop</c>.</summary>
internal sealed class ForeignProcess : IDisposable
{
    private static readonly string Folder = FindFolder();
    private static readonly string Descriptor = EchoReflection.Descriptor.SerializedData.ToBase64();
    private static readonly string InteropDescriptor = GrpcTestingReflection.Descriptor.SerializedData.ToBase64();

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

    /// <summary>The interoperability client, which takes an address, or server of an implementation.</summary>
    public static ForeignProcess Interop(Peer peer, string role, params string[] arguments)
    {
        switch (peer)
        {
            case Peer.Node:
                return Node($"interop_{role}.js", arguments);
            case Peer.Python:
                return new ForeignProcess("/usr/bin/python3", [$"interop_{role}.py", .. arguments, InteropDescriptor]);
            case Peer.Cpp:
                return Cpp([role, .. arguments]);
            default:
                throw new ArgumentOutOfRangeException(nameof(peer), peer, "There is no such implementation.");
        }
    }

    /// <summary>A client that learns a server's services by reflection and calls one of their methods.</summary>
    /// <param name="version">Of reflection: v1 or v1alpha.</param>
    /// <param name="address">The server's.</param>
    /// <param name="method">The full name of a unary method.</param>
    /// <param name="request">In protobuf's text format.</param>
    public static ForeignProcess Reflection(string version, string address, string method, string request) =>
        Cpp("reflect", version, address, method, request);

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

    private static ForeignProcess Cpp(params string[] arguments)
    {
        Install("make", "--silent", "--directory=cpp");
        return new ForeignProcess(Path.Combine(Folder, "obj", "interop_peer"), arguments);
    }

    private static void InstallNodePackages()
    {
        var installed = File.GetLastWriteTimeUtc(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            Install("npm", "ci", "--no-audit", "--no-fund");
        }
    }

    /// <summary>Runs a program to its end, which prepares what the peers need.</summary>
    private static void Install(string program, params string[] arguments)
    {
        using var installer = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = installer.StandardOutput.ReadToEndAsync();
        var errors = installer.StandardError.ReadToEnd();
        installer.WaitForExit();
        Assert.That(installer.ExitCode, Is.Zero, () => $"{program} failed: {output.Result}{errors}");
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
