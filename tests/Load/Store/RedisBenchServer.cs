using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Load.Store;

/// <summary>A <c>redis-server</c> that writes nothing to disk, and what <c>redis-benchmark</c> says of it.</summary>
internal sealed class RedisBenchServer : IDisposable
{
    /// <summary>About as long as a stored event.</summary>
    private const int ValueLength = 200;

    private const string Script = "return redis.call('RPUSH', KEYS[1], ARGV[1])";

    private readonly string _directory = Directory.CreateTempSubdirectory("spaces-redis-bench-").FullName;
    private readonly int _port;
    private readonly Process _process;

    private RedisBenchServer(int port)
    {
        _port = port;
        string[] arguments = ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", _directory];
        _process = Start("redis-server", arguments);
    }

    public RedisOptions Options =>
        RedisOptions.TryParse($"127.0.0.1:{_port}", out var options, out var problem)
            ? options
            : throw new InvalidOperationException(problem);

    /// <exception cref="InvalidOperationException">There is no redis-server; the message says what to
    /// install.</exception>
    public static RedisBenchServer StartNew()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new RedisBenchServer(port);
    }

    public Task<StoreFigures> BenchmarkSetAsync(int connections, int requests) =>
        BenchmarkAsync(connections, requests, "-t", "set", "-d", $"{ValueLength}");

    public Task<StoreFigures> BenchmarkScriptAsync(int connections, int requests) =>
        BenchmarkAsync(connections, requests, "eval", Script, "1", "bench", new string('x', ValueLength));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<StoreFigures> BenchmarkAsync(int connections, int requests, params string[] what)
    {
        string[] arguments =
        [
            "-h",
            "127.0.0.1",
            "-p",
            $"{_port}",
            "-c",
            $"{connections}",
            "-n",
            $"{requests}",
            "--csv",
        ];
        using var benchmark = Start("redis-benchmark", [.. arguments, .. what]);
        var lines = (await benchmark.StandardOutput.ReadToEndAsync()).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        await benchmark.WaitForExitAsync();

        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms",…
        var cells = lines[^1].Split("\",\"").Select(cell => cell.Trim('"')).ToArray();
        return cells.Length < 7
            ? throw new FormatException($"redis-benchmark said '{lines[^1]}'.")
            : new StoreFigures(Number(cells[1]), 1_000 * Number(cells[4]), 1_000 * Number(cells[6]));
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException($"{program} is missing; `make setup` installs it.", error);
        }
    }
}
