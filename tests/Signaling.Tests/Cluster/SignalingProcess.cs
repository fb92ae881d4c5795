using System.Diagnostics;
using Spaces.Signaling.Tests.Hosting;
using Spaces.Signaling.Tests.Store.Redis;

namespace Spaces.Signaling.Tests.Cluster;

/// <summary>A signaling server in a process of its own, which can be killed.</summary>
internal sealed class SignalingProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SignalingProcess(Process process, Uri http) => (_process, Http) = (process, http);

    public Uri Http { get; }

    public static async Task<SignalingProcess> StartAsync(SignalingCluster cluster, string apiKey)
    {
        var (http, grpc) = (RedisProcess.FreePort(), RedisProcess.FreePort());
        var server = Path.Combine(AppContext.BaseDirectory, "Spaces.Signaling.Server.dll");
        var start = new ProcessStartInfo("dotnet", [server]) { RedirectStandardOutput = true };
        start.Environment["SPACES_LISTEN_ADDRESS"] = "127.0.0.1";
        start.Environment["SPACES_HTTP_PORT"] = $"{http}";
        start.Environment["SPACES_GRPC_PORT"] = $"{grpc}";
        start.Environment["SPACES_API_KEYS"] = apiKey;
        start.Environment["SPACES_SFU_NODES"] = cluster.Media.Address.ToString();
        start.Environment["SPACES_CONTROL_KEY"] = MediaNode.ControlKey;
        start.Environment["SPACES_REDIS"] = cluster.Redis.Address;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var node = new SignalingProcess(process, new Uri($"http://127.0.0.1:{http}"));
        using var client = new HttpClient { BaseAddress = node.Http };
        var isReady = false;
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!isReady)
        {
            Assert.That(process.HasExited, Is.False, "the server ended");
            await looks.WaitForNextTickAsync();
            try
            {
                isReady = (await client.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        return node;
    }

    /// <summary>Kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
