using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Net.Client;
using Spaces.Load.Statistics;
using Spaces.Load.V1;

namespace Spaces.Load.Grpc;

/// <summary>What a kind of call came to in one window.</summary>
/// <param name="CallsPerSecond">Over all workers.</param>
/// <param name="P50Microseconds">Of a call's time.</param>
/// <param name="P99Microseconds">Of a call's time.</param>
/// <param name="CpuMicroseconds">
/// Of a call, by this process: client and server together, where they are not two processes.
/// </param>
/// <param name="BytesPerCall">Allocated by client and server together; null where they are two processes.</param>
internal sealed record CallFigures(
    double CallsPerSecond,
    double P50Microseconds,
    double P99Microseconds,
    double? CpuMicroseconds,
    double? BytesPerCall
);

/// <summary>Measures calls to a server in this process, each kind with as many callers at once.</summary>
internal sealed class GrpcBench(Uri address, int concurrency, TimeSpan window, int payloadLength) : IDisposable
{
    private readonly BenchMessage _message = new() { Payload = ByteString.CopyFrom(new byte[payloadLength]) };
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>The same bytes by a client that knows nothing of gRPC, to any path.</summary>
    public Task<CallFigures> MeasurePostsAsync(string path)
    {
        var message = _message.ToByteArray();
        byte[] frame = [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message];
        var target = new Uri(address, path);
        return MeasureAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(frame),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using var response = await _http.SendAsync(request, CancellationToken.None);
            var body = await response.Content.ReadAsByteArrayAsync();
            if (body.Length != frame.Length)
            {
                throw new InvalidOperationException($"{path} answered {body.Length} bytes instead of {frame.Length}.");
            }
        });
    }

    /// <summary>Calls by the runtime's own client.</summary>
    public Task<CallFigures> MeasureCallsAsync()
    {
        var client = new BenchService.BenchServiceClient(_channel);
        return MeasureAsync(async () =>
        {
            using var call = client.EchoAsync(_message);
            await call;
        });
    }

    /// <returns>Messages per second that one stream brings.</returns>
    public async Task<double> MeasureStreamAsync()
    {
        using var call = new BenchService.BenchServiceClient(_channel).Flow(_message);
        await call.ResponseStream.MoveNext(CancellationToken.None);
        var clock = Stopwatch.StartNew();
        var count = 0L;
        while (clock.Elapsed < window && await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            count++;
        }
        return count / clock.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _http.Dispose();
    }

    private async Task<CallFigures> MeasureAsync(Func<Task> call)
    {
        await call();
        var times = new LatencyHistogram();
        var gate = new Lock();
        var allocated = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(WorkAsync)));

        var perSecond = times.Count / clock.Elapsed.TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes() - allocated) / (double)times.Count;
        var cpuMicroseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / times.Count;
        var (p50, p99) = (times.Percentile(50) / 1e3, times.Percentile(99) / 1e3);
        return new CallFigures(perSecond, p50, p99, cpuMicroseconds, bytes);

        async Task WorkAsync()
        {
            while (clock.Elapsed < window)
            {
                var start = Stopwatch.GetTimestamp();
                await call();
                var time = Stopwatch.GetElapsedTime(start);
                lock (gate)
                {
                    times.Record((long)time.TotalNanoseconds);
                }
            }
        }
    }
}
