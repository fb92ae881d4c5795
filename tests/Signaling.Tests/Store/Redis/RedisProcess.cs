using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Tests.Store.Redis;

/// <summary>A real <c>redis-server</c> with its own directory and free port.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("spaces-redis-").FullName;
    private readonly string[] _arguments;
    private readonly Func<RedisProcess, Task<Stream>> _dial;
    private Process? _process;

    private RedisProcess(int port, string[] arguments, Func<RedisProcess, Task<Stream>>? dial)
    {
        Port = port;
        _arguments = arguments;
        _dial = dial ?? DialPlainAsync;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <param name="dial">How to reach it; null: plain.</param>
    /// <param name="arguments">Besides the port and the directory; <c>{port}</c> stands for the free port.</param>
    public static async Task<RedisProcess> StartAsync(Func<RedisProcess, Task<Stream>>? dial, params string[] arguments)
    {
        var port = FreePort();
        var redis = new RedisProcess(
            port,
            [.. arguments.Select(argument => argument.Replace("{port}", $"{port}", StringComparison.Ordinal))],
            dial
        );
        await redis.StartAsync();
        return redis;
    }

    /// <param name="configuration">Its lines, without the port.</param>
    public static async Task<RedisProcess> StartSentinelAsync(string[] configuration)
    {
        var port = FreePort();
        var redis = new RedisProcess(port, ["sentinel.conf", "--sentinel"], dial: null);
        string[] lines = [$"port {port}", "bind 127.0.0.1", .. configuration];
        await File.WriteAllLinesAsync(Path.Combine(redis._directory, "sentinel.conf"), lines);
        await redis.StartAsync();
        return redis;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it (anew), and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _directory,
        };
        string[] own = _arguments.Contains("--port") || _arguments.Contains("--sentinel") ? [] : ["--port", $"{Port}"];
        foreach (var argument in _arguments.Concat(own))
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Hosting.Eventually.TrueAsync(AnswersAsync, "redis-server answers");
    }

    /// <summary>An administrator's command.</summary>
    public async Task<RedisReply> CallAsync(params string[] command)
    {
        using var patience = new CancellationTokenSource(Hosting.Eventually.Patience);
        await using var stream = await _dial(this);
        return await RedisWire.CallAsync(stream, command, patience.Token);
    }

    /// <summary>Kill -9.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Makes it stand still, with its connections open.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public ValueTask DisposeAsync()
    {
        Kill();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    public static async Task<Stream> DialPlainAsync(RedisProcess redis)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, redis.Port);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
        Assert.That(kill.ExitCode, Is.Zero);
    }

    private async Task<bool> AnswersAsync()
    {
        Assert.That(_process!.HasExited, Is.False, "redis-server ended: is it installed, and its port free?");
        try
        {
            return (await CallAsync("PING")).Text == "PONG";
        }
        catch (Exception error) when (error is IOException or SocketException or RedisRefusedException)
        {
            return false;
        }
    }
}
