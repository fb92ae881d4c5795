using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Spaces.Signaling.Domain;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>
/// The one place that speaks to Redis: finds the server of a key, runs scripts there, hears of changes.
/// </summary>
/// <remarks>
/// <para>
/// Starts without Redis and goes on without it: a call fails within <see cref="CallTimeout"/>, at once while the server
/// is known to be gone, and works again within seconds of its return.
/// </para>
/// <para>Any thread.</para>
/// </remarks>
public sealed class RedisConnection : IDisposable
{
    /// <summary>What one call may take, redirections and repetitions included.</summary>
    internal static readonly TimeSpan CallTimeout = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    /// <summary>A connection needs a moment before it can be called lost.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan RefreshPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _refresh = new(1, 1);
    private readonly ConcurrentDictionary<RedisAddress, RedisNode> _nodes = new();
    private readonly IStoreObserver _observer;
    private readonly RedisDialer _dialer;
    private readonly RedisDiscovery _discovery;
    private volatile RedisMap _map = RedisMap.Empty;
    private volatile string _problem = "no server was found yet";
    private volatile bool _isUp;
    private bool _wasUp;
    private bool _saidLost;

    public RedisConnection(RedisOptions options, IStoreObserver observer)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _observer = observer;
        _dialer = new RedisDialer(options);
        _discovery = new RedisDiscovery(options, _dialer);
        News = new RedisNews(this);
        _ = FollowServersAsync();
    }

    public RedisOptions Options { get; }

    /// <summary>Every server that has a slot answers.</summary>
    public bool IsUp => _isUp;

    private bool IsStarting => !_wasUp && Stopwatch.GetElapsedTime(_startedAt) < StartPatience;

    /// <summary>Messages between signaling nodes.</summary>
    internal RedisNews News { get; }

    /// <summary>Waits until every server answers.</summary>
    /// <returns>False when they did not within <paramref name="patience"/>.</returns>
    public async Task<bool> WaitUntilUpAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var ticks = new PeriodicTimer(RetryPause);
        var started = Stopwatch.GetTimestamp();
        while (!IsUp && Stopwatch.GetElapsedTime(started) < patience)
        {
            await ticks.WaitForNextTickAsync(cancellationToken);
        }

        return IsUp;
    }

    public void Dispose()
    {
        _stop.Cancel();
        News.Dispose();
        foreach (var node in _nodes.Values)
        {
            node.Dispose();
        }
    }

    /// <summary>Runs a script where its keys are.</summary>
    /// <param name="script">One step to Redis.</param>
    /// <param name="keys">At least one; all of one hash tag.</param>
    /// <param name="values">The other arguments.</param>
    /// <param name="cancellationToken">Stops waiting; the script may still run.</param>
    /// <exception cref="RoomStoreUnavailableException">No answer in time, or Redis refused.</exception>
    internal async Task<RedisReply> EvaluateAsync(
        RedisScript script,
        RedisKey[] keys,
        RedisValue[] values,
        CancellationToken cancellationToken
    )
    {
        var slot = HashSlot.Of(keys[0]!);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var left = CallTimeout - Stopwatch.GetElapsedTime(started);
            var node = FindNode(slot);
            try
            {
                return await node.EvaluateAsync(script, keys, values).WaitAsync(Positive(left), cancellationToken);
            }
            catch (RedisServerException refused)
            {
                if (await RedirectAsync(refused, script, keys, values, cancellationToken) is { } reply)
                {
                    return reply;
                }

                if (Stopwatch.GetElapsedTime(started) + RetryPause > CallTimeout)
                {
                    throw Unavailable(refused.Message, refused);
                }
            }
            catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
            {
                node.Suspect(error is TimeoutException ? "it does not answer" : "the connection broke");
                RequestRefresh();
                throw Unavailable(node.Problem, error);
            }
        }
    }

    /// <summary>What is stored under the keys is not what the script expects.</summary>
    internal static bool IsDamage(RoomStoreUnavailableException error) =>
        error.InnerException is RedisServerException { Message: var refusal }
        && (
            refusal.StartsWith("WRONGTYPE", StringComparison.Ordinal)
            || refusal.Contains(" attempt to ", StringComparison.Ordinal)
            || refusal.StartsWith("ERR value is not an integer", StringComparison.Ordinal)
        );

    /// <summary>A server that answers, for what is not bound to a key; always the same while it can.</summary>
    internal RedisNode? AnyNode() =>
        _nodes.Values.Where(node => node.IsUp).MinBy(node => node.Address.ToString(), StringComparer.Ordinal);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static RoomStoreUnavailableException Unavailable(string problem, Exception? error) =>
        new($"Redis: {problem}", error!);

    private RedisNode FindNode(int slot)
    {
        if (_map.ServerOf(slot) is not { } server)
        {
            throw Unavailable(_problem, error: null);
        }

        var node = _nodes.GetOrAdd(server, Connect);
        if (!node.IsUp)
        {
            RequestRefresh();
            throw Unavailable(node.Problem, error: null);
        }

        return node;
    }

    private RedisNode Connect(RedisAddress address)
    {
        var node = new RedisNode(address, _dialer);
        node.Changed += OnNodeChanged;
        return node;
    }

    /// <summary>Does what the server's refusal asks for: go elsewhere, or come again.</summary>
    /// <returns>The reply of the other server, or null: try again.</returns>
    private async Task<RedisReply?> RedirectAsync(
        RedisServerException refused,
        RedisScript script,
        RedisKey[] keys,
        RedisValue[] values,
        CancellationToken cancellationToken
    )
    {
        var words = refused.Message.Split(' ', 6);
        switch (words[0])
        {
            // "MOVED 9530 host:port" or "ASK …", which the client tells apart from each other no more: "Endpoint
            // host:port serving hashslot 9530 …". A server that has the slot minds ASKING as little as one that gets
            // it.
            case "Endpoint"
            or "MOVED"
            or "ASK" when RedisAddress.TryParse(words[words[0] == "Endpoint" ? 1 : 2], 0, out var server):
                RequestRefresh();
                return await AskAsync(server, script, keys, values, cancellationToken);
            case "TRYAGAIN" or "READONLY" or "MASTERDOWN" or "CLUSTERDOWN" or "LOADING" or "NOREPLICAS" or "BUSY":
                RequestRefresh();
                using (var pause = new PeriodicTimer(RetryPause))
                {
                    await pause.WaitForNextTickAsync(cancellationToken);
                }

                return null;
            default:
                _observer.Refused(refused.Message);
                throw Unavailable(refused.Message, refused);
        }
    }

    /// <summary>
    /// A slot is on its way to another server: the question goes there once, by a connection of its own.
    /// </summary>
    private async Task<RedisReply?> AskAsync(
        RedisAddress server,
        RedisScript script,
        RedisKey[] keys,
        RedisValue[] values,
        CancellationToken cancellationToken
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(CallTimeout);
        try
        {
            await using var stream = await _dialer.DialAsync(server, patience.Token);
            await RedisWire.CallAsync(stream, ["ASKING"], patience.Token);
            byte[][] command =
            [
                "EVAL"u8.ToArray(),
                Encoding.UTF8.GetBytes(script.Text),
                Encoding.ASCII.GetBytes($"{keys.Length}"),
                .. keys.Select(key => (byte[])key!),
                .. values.Select(value => (byte[])value!),
            ];
            return await RedisWire.CallAsync(stream, patience.Token, command);
        }
        catch (RedisRefusedException refused)
            when (refused.Message.Split(' ')[0] is "TRYAGAIN" or "MOVED" or "ASK" or "LOADING" or "CLUSTERDOWN")
        {
            using var pause = new PeriodicTimer(RetryPause);
            await pause.WaitForNextTickAsync(cancellationToken);
            return null;
        }
        catch (Exception error)
            when (error is IOException or SocketException or AuthenticationException or RedisRefusedException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw Unavailable($"{server}: {error.Message}", error);
        }
    }

    private void RequestRefresh()
    {
        if (_refresh.CurrentCount == 0)
        {
            try
            {
                _refresh.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else asked too.
            }
        }
    }

    private void OnNodeChanged(RedisNode node)
    {
        if (!node.IsUp)
        {
            _problem = node.Problem;
            RequestRefresh();
        }

        News.ServersChanged();
        Judge();
    }

    private static bool IsDown(RedisNode? node) => node is { IsUp: false };

    private void Judge()
    {
        var servers = _map.Servers.ToArray();
        var isUp = servers.Length > 0 && servers.All(server => _nodes.TryGetValue(server, out var node) && node.IsUp);
        lock (_gate)
        {
            _isUp = isUp;
            _wasUp |= isUp;
            if (isUp && _saidLost)
            {
                _saidLost = false;
                _observer.Found(Options.ToString());
            }
            else if (!isUp && !_saidLost && !IsStarting && !_stop.IsCancellationRequested)
            {
                _saidLost = true;
                var down = servers.Select(server => _nodes.GetValueOrDefault(server)).FirstOrDefault(IsDown);
                _observer.Lost(down?.Problem ?? _problem);
            }
        }
    }

    private async Task FollowServersAsync()
    {
        try
        {
            while (true)
            {
                await _refresh.WaitAsync(RefreshInterval, _stop.Token);
                try
                {
                    Take(await _discovery.FindAsync(_map, _stop.Token));
                }
                catch (IOException error)
                {
                    _problem = error.Message;
                    Judge();
                }

                using var pause = new PeriodicTimer(RefreshPause);
                await pause.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void Take(RedisMap map)
    {
        _map = map;
        var servers = map.Servers.ToHashSet();
        foreach (var server in servers)
        {
            _nodes.GetOrAdd(server, Connect);
        }

        foreach (var (address, node) in _nodes)
        {
            if (!servers.Contains(address) && _nodes.TryRemove(address, out _))
            {
                node.Dispose();
            }
        }

        News.ServersChanged();
        Judge();
    }
}
