using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Spaces.Load.Interop;
using Spaces.Load.Network;
using Spaces.Load.Sessions;

namespace Spaces.Load.Bench;

/// <summary>
/// An SFU node of one worker, started for a measurement on the SFU's side of the network, and ended with it.
/// </summary>
internal sealed class SfuProcess : IDisposable
{
    private const int OutputLinesMax = 40;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly BenchNetwork _network;
    private readonly Process _process;
    private readonly string _controlKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
    private readonly IPEndPoint _control;

    private SfuProcess(BenchNetwork network, string assembly)
    {
        _network = network;
        _control = new IPEndPoint(network.SfuAddress, FreePort(ProtocolType.Tcp));
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }

        // The node ends with this process, however this process ends.
        const string Guard = "/usr/bin/setpriv";
        var guarded = File.Exists(Guard);
        start.FileName = guarded ? Guard : "dotnet";
        string[] words = guarded ? ["--pdeathsig", "KILL", "dotnet", assembly] : [assembly];
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        _process = network.SfuSide.Run(() => Process.Start(start)!);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Starts the node and waits until it answers.</summary>
    /// <param name="network">Where.</param>
    /// <param name="assembly">Spaces.Sfu.Server.dll.</param>
    /// <param name="cancellationToken">Ends the wait, and the node.</param>
    /// <exception cref="InvalidOperationException">
    /// It ended or never answered; the message has what it printed.
    /// </exception>
    public static async Task<SfuProcess> StartAsync(
        BenchNetwork network,
        string assembly,
        CancellationToken cancellationToken
    )
    {
        var sfu = new SfuProcess(network, assembly);
        try
        {
            await sfu.WaitUntilItAnswersAsync(cancellationToken);
            return sfu;
        }
        catch
        {
            sfu.Dispose();
            throw;
        }
    }

    /// <summary>A way into a room of this node.</summary>
    public ControlEntry OpenRoom(string room) => new(_control, _controlKey, _network.GeneratorSide, room);

    public long CpuNanoseconds() => SystemClock.ProcessCpuNanoseconds(Id);

    public long ResidentBytes() => SystemClock.ResidentBytes(Id);

    /// <summary>Its last lines, for an error message.</summary>
    public string LastOutput() => string.Join('\n', _output);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private Dictionary<string, string> Settings() =>
        new()
        {
            ["SPACES_CONTROL_ADDRESS"] = _network.SfuAddress.ToString(),
            ["SPACES_CONTROL_PORT"] = Text(_control.Port),
            ["SPACES_HEALTH_PORT"] = Text(FreePort(ProtocolType.Tcp)),
            ["SPACES_UDP_PORT"] = Text(FreePort(ProtocolType.Udp)),
            ["SPACES_BIND_ADDRESSES"] = _network.SfuAddress.ToString(),
            ["SPACES_ANNOUNCED_ADDRESSES"] = _network.SfuAddress.ToString(),
            ["SPACES_WORKERS"] = "1",
            ["SPACES_CONTROL_KEY"] = _controlKey,
            ["SPACES_NODE_ID"] = "bench",
            ["Logging__LogLevel__Default"] = "Warning",
            ["DOTNET_gcServer"] = "0",
        };

    private int FreePort(ProtocolType protocol) =>
        _network.SfuSide.Run(() =>
        {
            var type = protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram;
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            socket.Bind(new IPEndPoint(_network.SfuAddress, 0));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        });

    private async Task WaitUntilItAnswersAsync(CancellationToken cancellationToken)
    {
        await using var entry = OpenRoom("start");
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await entry.CloseAllAsync(cancellationToken); // Ends nothing, and says that the node serves.
                return;
            }
            catch (IOException) when (!_process.HasExited && Stopwatch.GetElapsedTime(started) < StartTimeout)
            {
                await Task.Delay(PollInterval, cancellationToken);
            }
            catch (IOException failure)
            {
                throw new InvalidOperationException(
                    $"The SFU does not start: {failure.Message}\nIts last lines:\n{LastOutput()}",
                    failure
                );
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        while (_output.Count > OutputLinesMax)
        {
            _ = _output.TryDequeue(out _);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
