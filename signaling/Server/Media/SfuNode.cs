using Grpc.Core;
using Grpc.Net.Client;
using Spaces.V1;

namespace Spaces.Signaling.Server.Media;

/// <summary>What a node tells while it is followed. Calls come one after the other.</summary>
internal interface ISfuNodeObserver
{
    /// <summary>The node can be reached, and this is what it has.</summary>
    Task NodeFoundAsync(SfuNode node, NodeSnapshot snapshot, CancellationToken cancellationToken);

    /// <summary>The node is dead, or began anew: every session we knew on it is gone.</summary>
    void NodeLost(SfuNode node);

    void SessionLost(SfuNode node, SessionLost lost);
}

/// <summary>
/// The connection to one media node: control calls, and the Watch stream that shows whether it lives.
/// </summary>
/// <remarks>
/// A broken or silent stream makes the node a suspect; it is dead when a new stream cannot be had at once. So a killed
/// node
/// is dead within milliseconds, a frozen one after <see cref="SfuTimings.SilenceMax"/> and
/// <see cref="SfuTimings.ReconnectMax"/>, and a broken TCP connection to a healthy one hurts nobody.
/// </remarks>
internal sealed class SfuNode : IDisposable
{
    private static readonly TimeSpan SuspectPause = TimeSpan.FromMilliseconds(10);

    private readonly GrpcChannel _channel;
    private readonly MediaControlService.MediaControlServiceClient _client;
    private readonly Metadata _headers;
    private readonly SfuTimings _timings;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _firstAttempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAlive;
    private string _bootId = "";

    public SfuNode(Uri address, string controlKey, SfuTimings timings, ILogger logger)
    {
        Address = address;
        _channel = GrpcChannel.ForAddress(address);
        _client = new MediaControlService.MediaControlServiceClient(_channel);
        _headers = new Metadata { { "authorization", $"Bearer {controlKey}" } };
        _timings = timings;
        _logger = logger;
    }

    public Uri Address { get; }

    /// <summary>As the node calls itself; its address until it was first reached.</summary>
    public string Name { get; private set; } = "";

    public bool IsAlive => _isAlive;

    public uint SessionCount { get; private set; }

    public double BusiestWorkerLoad { get; private set; }

    /// <summary>Ends when the first attempt to reach the node has succeeded or failed.</summary>
    public Task FirstAttempt => _firstAttempt.Task;

    public async Task<OpenSessionResponse> OpenSessionAsync(OpenSessionRequest request, CancellationToken stop) =>
        await _client.OpenSessionAsync(request, Options(stop));

    public async Task CloseSessionAsync(string sessionId, CancellationToken stop) =>
        await _client.CloseSessionAsync(new CloseSessionRequest { SessionId = sessionId }, Options(stop));

    public async Task CloseRoomAsync(string roomId, CancellationToken stop) =>
        await _client.CloseRoomAsync(new CloseRoomRequest { RoomId = roomId }, Options(stop));

    public async Task<RestartIceResponse> RestartIceAsync(RestartIceRequest request, CancellationToken stop) =>
        await _client.RestartIceAsync(request, Options(stop));

    public async Task SetPermissionsAsync(string sessionId, SessionPermissions permissions, CancellationToken stop) =>
        await _client.SetPermissionsAsync(
            new SetPermissionsRequest { SessionId = sessionId, Permissions = permissions },
            Options(stop)
        );

    /// <summary>Every session the node has now, whoever opened it; none when it does not answer.</summary>
    public async Task<IReadOnlyList<SessionInfo>> SessionsAsync(CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(_timings.CallMax);
            using var watch = _client.Watch(new WatchRequest(), _headers, cancellationToken: patience.Token);
            return
                await watch.ResponseStream.MoveNext(patience.Token)
                && watch.ResponseStream.Current.Snapshot is { } snapshot
                ? snapshot.Sessions
                : [];
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException or IOException)
        {
            return [];
        }
    }

    /// <summary>Follows the node until <paramref name="stop"/>.</summary>
    public async Task RunAsync(ISfuNodeObserver observer, CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            var found = await FollowAsync(observer, stop);
            _firstAttempt.TrySetResult();
            failures = found ? 0 : failures + 1;
            if (found)
            {
                await PauseAsync(SuspectPause, stop); // Almost at once: a living node answers.
                continue;
            }

            Lose(observer);
            var backoff = _timings.BackoffMax * Math.Min(1.0, 0.1 * Math.Pow(2, failures - 1));
            await PauseAsync(backoff, stop);
        }
    }

    public void Dispose() => _channel.Dispose();

    /// <summary>One Watch stream from its snapshot to its end.</summary>
    /// <returns>False when there was no snapshot in time.</returns>
    private async Task<bool> FollowAsync(ISfuNodeObserver observer, CancellationToken stop)
    {
        var found = false;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            silence.CancelAfter(_timings.ReconnectMax);
            using var watch = _client.Watch(new WatchRequest(), _headers, cancellationToken: silence.Token);
            while (await watch.ResponseStream.MoveNext(silence.Token))
            {
                silence.CancelAfter(_timings.SilenceMax);
                var nodeEvent = watch.ResponseStream.Current;
                if (nodeEvent.Snapshot is { } snapshot)
                {
                    silence.CancelAfter(Timeout.InfiniteTimeSpan);
                    await FoundAsync(observer, snapshot, stop);
                    silence.CancelAfter(_timings.SilenceMax);
                    found = true;
                }

                Take(observer, nodeEvent);
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException or IOException)
        {
            if (found && !stop.IsCancellationRequested)
            {
                SignalingLog.NodeStreamBroke(_logger, Name, error.Message);
            }
        }

        return found;
    }

    private static async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, stop);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop sees it.
        }
    }

    private async Task FoundAsync(ISfuNodeObserver observer, NodeSnapshot snapshot, CancellationToken stop)
    {
        if (snapshot.BootId != _bootId)
        {
            Lose(observer);
        }

        _bootId = snapshot.BootId;
        Name = snapshot.NodeId;
        SessionCount = (uint)snapshot.Sessions.Count;
        await observer.NodeFoundAsync(this, snapshot, stop);
        if (!_isAlive)
        {
            SignalingLog.NodeFound(_logger, Name, snapshot.Sessions.Count);
        }

        _isAlive = true;
        _firstAttempt.TrySetResult();
    }

    private void Take(ISfuNodeObserver observer, NodeEvent nodeEvent)
    {
        if (nodeEvent.Heartbeat is { } heartbeat)
        {
            SessionCount = heartbeat.SessionCount;
            BusiestWorkerLoad = heartbeat.BusiestWorkerLoad;
        }
        else if (nodeEvent.SessionLost is { } lost)
        {
            observer.SessionLost(this, lost);
        }
    }

    private void Lose(ISfuNodeObserver observer)
    {
        if (!_isAlive)
        {
            return;
        }

        _isAlive = false;
        SignalingLog.NodeLost(_logger, Name);
        observer.NodeLost(this);
    }

    private CallOptions Options(CancellationToken stop) => new(_headers, DateTime.UtcNow + _timings.CallMax, stop);
}
