using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Spaces.Load.Grpc;

/// <summary>Calls from another process: @grpc/grpc-js, with the packages of the interoperability tests.</summary>
internal static class NodeLoad
{
    private const string ClientPath = "tests/Contracts.Tests/interop";
    private const string ProtoPath = "tests/Load/Grpc/grpc_bench.proto";

    public static async Task<CallFigures> MeasureAsync(Uri server, int concurrency, int seconds, int payload)
    {
        var root = FindRoot();
        var folder = Path.Combine(root, ClientPath);
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            await RunAsync(folder, "npm", "ci", "--no-audit", "--no-fund");
        }
        var output = await RunAsync(
            folder,
            "node",
            "load.js",
            server.Authority,
            Path.Combine(root, ProtoPath),
            concurrency.ToString(CultureInfo.InvariantCulture),
            seconds.ToString(CultureInfo.InvariantCulture),
            payload.ToString(CultureInfo.InvariantCulture)
        );
        var figures = JsonDocument.Parse(output).RootElement;
        return new CallFigures(
            figures.GetProperty("callsPerSecond").GetDouble(),
            figures.GetProperty("p50").GetDouble(),
            figures.GetProperty("p99").GetDouble(),
            CpuMicroseconds: null,
            BytesPerCall: null
        );
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, ProtoPath)))
            {
                return at.FullName;
            }
        }
        throw new CommandLineException(
            $"There is no {ProtoPath} above {AppContext.BaseDirectory}. Run in the repository."
        );
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {arguments[0]} failed: {await errors}");
    }
}
