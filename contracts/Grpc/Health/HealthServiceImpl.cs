using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>Answers the health checks of load balancers from what <see cref="SetStatus"/> was last told.</summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = [];
    private readonly ConcurrentDictionary<Watcher, string> _watchers = [];

    /// <summary>Sets how a service is; an empty name is the whole server.</summary>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            _statuses[service] = status;
            foreach (var (watcher, _) in _watchers.Where(watch => watch.Value == service))
            {
                watcher.Tell(status);
            }
        }
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StatusOf(request.Service) is { } status
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(new Status(StatusCode.NotFound, $"There is no service '{request.Service}'."));
    }

    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var watcher = new Watcher();
        lock (_gate)
        {
            _watchers[watcher] = request.Service;
            watcher.Tell(StatusOf(request.Service) ?? ServingStatus.ServiceUnknown);
        }
        try
        {
            await foreach (var status in watcher.News.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status });
            }
        }
        finally
        {
            _watchers.TryRemove(watcher, out _);
        }
    }

    private ServingStatus? StatusOf(string service)
    {
        lock (_gate)
        {
            return _statuses.TryGetValue(service, out var status) ? status : null;
        }
    }

    /// <summary>One Watch call. A slow one is told only how things are at last.</summary>
    private sealed class Watcher
    {
        private readonly Channel<ServingStatus> _news = Channel.CreateBounded<ServingStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        private ServingStatus? _told;

        public ChannelReader<ServingStatus> News => _news.Reader;

        /// <summary>A status that is no news is not sent again.</summary>
        public void Tell(ServingStatus status)
        {
            if (_told != status)
            {
                _told = status;
                _news.Writer.TryWrite(status);
            }
        }
    }
}
