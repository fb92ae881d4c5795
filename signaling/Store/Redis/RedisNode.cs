using System.Diagnostics;
using System.Net;
using Spaces.Signaling.Domain;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>One server, and the client library's connections to it.</summary>
/// <remarks>
/// The library pipelines commands over one connection and keeps another for subscriptions. Which server to ask, when to
/// give up and what a redirection means is decided by <see cref="RedisConnection"/>: 1.2.6 knows no Sentinels, no names
/// of users, and lets an asynchronous command wait for ever.
/// </remarks>
internal sealed class RedisNode : IDisposable
{
    /// <summary>The server counts as gone when it has not answered a PING for this long.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// One PING that is late is no outage, since this machine may have been busy; a call that is late is one.
    /// </summary>
    private const int MissesMax = 2;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>A connection that was silent for this long is thrown away and made anew.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Commands the library would send on its own, and that a user with few rights may not.</summary>
    private static readonly CommandMap Commands = CommandMap.Create(
        ["CLIENT", "CLUSTER", "CONFIG", "ECHO", "EXISTS", "GET", "INFO", "SET"],
        available: false
    );

    private readonly CancellationTokenSource _stop = new();
    private readonly RedisDialer _dialer;
    private readonly RedisTunnel? _tunnel;
    private readonly ConfigurationOptions _configuration;
    private volatile ConnectionMultiplexer? _client;
    private long _answeredAt = Stopwatch.GetTimestamp();
    private volatile string _problem = "not connected yet";
    private volatile bool _isUp;
    private volatile string? _refusal;

    public RedisNode(RedisAddress address, RedisDialer dialer)
    {
        Address = address;
        _dialer = dialer;
        _tunnel = dialer.NeedsTunnel ? new RedisTunnel(address, dialer) : null;
        _configuration = Configure(address, _tunnel, dialer.Password);
        _ = SuperviseAsync();
    }

    /// <summary>Told after each change of <see cref="IsUp"/> and after the subscriptions were lost.</summary>
    public event Action<RedisNode>? Changed;

    public RedisAddress Address { get; }

    /// <summary>It answered its last PING.</summary>
    public bool IsUp => _isUp;

    /// <summary>Why it is not up.</summary>
    public string Problem => _tunnel?.Problem ?? _refusal ?? $"{Address}: {_problem}";

    /// <summary>Calls until the next PING is answered fail at once.</summary>
    public void Suspect(string problem)
    {
        _problem = problem;
        SetUp(false);
    }

    /// <summary>Runs a script; errors of the server come as <see cref="RedisServerException"/>.</summary>
    public async Task<RedisReply> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values)
    {
        var client = _client ?? throw new RoomStoreUnavailableException($"Redis at {Problem}.");
        var database = client.GetDatabase();
        try
        {
            return RedisReply.Of(
                await database.ScriptEvaluateAsync(script.Hash, keys, values, CommandFlags.NoRedirect)
            );
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            object[] arguments = [script.Text, keys.Length, .. keys.Cast<object>(), .. values.Cast<object>()];
            return RedisReply.Of(await database.ExecuteAsync("EVAL", arguments, CommandFlags.NoRedirect));
        }
    }

    /// <summary>Listens to a channel, anew where it did before.</summary>
    public async Task SubscribeAsync(string channel, Action<string> told)
    {
        if (_client is not { } client)
        {
            return;
        }

        // The library sends nothing for a channel that it believes to be subscribed to.
        var subscriber = client.GetSubscriber();
        var name = Literal(channel);
        await Task.WhenAll(
            subscriber.UnsubscribeAsync(name),
            subscriber.SubscribeAsync(name, (_, text) => told(text!))
        );
    }

    public async Task UnsubscribeAsync(string channel)
    {
        if (_client is { } client)
        {
            await client.GetSubscriber().UnsubscribeAsync(Literal(channel));
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _tunnel?.Dispose();
        Discard();
    }

    private static RedisChannel Literal(string channel) => new(channel, RedisChannel.PatternMode.Literal);

    private static ConfigurationOptions Configure(RedisAddress address, RedisTunnel? tunnel, string? password)
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            CommandMap = Commands,
            ConfigurationChannel = "",
            ConnectRetry = 0,
            ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds,
            DefaultVersion = new Version(6, 0),
            KeepAlive = 1,
            Password = tunnel is null ? password : tunnel.Word,
            ReconnectRetryPolicy = new LinearRetry(100),
            ResponseTimeout = (int)SilenceMax.TotalMilliseconds,
            TieBreaker = "",
        };
        if (tunnel is not null)
        {
            configuration.EndPoints.Add(tunnel.EndPoint);
        }
        else if (IPAddress.TryParse(address.Host, out var ip))
        {
            configuration.EndPoints.Add(new IPEndPoint(ip, address.Port));
        }
        else
        {
            configuration.EndPoints.Add(address.Host, address.Port);
        }

        return configuration;
    }

    /// <summary>Keeps a client, and asks it all the time whether the server answers.</summary>
    private async Task SuperviseAsync()
    {
        using var ticks = new PeriodicTimer(ProbeInterval);
        var misses = 0;
        try
        {
            do
            {
                try
                {
                    await ProbeAsync();
                    Volatile.Write(ref _answeredAt, Stopwatch.GetTimestamp());
                    _refusal = null;
                    misses = 0;
                    SetUp(true);
                }
                catch (Exception error) when (!_stop.IsCancellationRequested)
                {
                    _problem = error is TimeoutException ? "it does not answer" : FirstLine(error.Message);
                    misses++;
                    SetUp(_isUp && error is TimeoutException && misses < MissesMax);
                    if (Stopwatch.GetElapsedTime(Volatile.Read(ref _answeredAt)) > SilenceMax)
                    {
                        Discard();
                        Volatile.Write(ref _answeredAt, Stopwatch.GetTimestamp());
                    }
                }
            } while (await ticks.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            Discard();
        }
    }

    private async Task ProbeAsync()
    {
        if (_client is null)
        {
            var client = await ConnectionMultiplexer.ConnectAsync(_configuration);
            if (_stop.IsCancellationRequested)
            {
                client.Dispose();
                throw new OperationCanceledException(_stop.Token);
            }

            client.PreserveAsyncOrder = false;
            client.ConnectionFailed += (_, failed) => OnConnectionFailed(failed);
            client.ConnectionRestored += (_, _) => Changed?.Invoke(this);
            _client = client;
            if (!client.IsConnected)
            {
                await DiagnoseAsync();
            }
        }

        await _client.GetDatabase().PingAsync().WaitAsync(ProbeTimeout, _stop.Token);
    }

    /// <summary>The client does not tell why a server does not want it.</summary>
    private async Task DiagnoseAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(ProbeTimeout);
        try
        {
            await using var stream = await _dialer.DialAsync(Address, patience.Token);
            await RedisWire.CallAsync(stream, ["PING"], patience.Token);
        }
        catch (RedisRefusedException refused)
        {
            _refusal = $"{Address}: {refused.Message}";
        }
    }

    private void OnConnectionFailed(ConnectionFailedEventArgs failed)
    {
        if (failed.ConnectionType == ConnectionType.Subscription)
        {
            Changed?.Invoke(this);
        }
        else
        {
            Suspect("the connection broke");
        }
    }

    private void SetUp(bool isUp)
    {
        if (_isUp != isUp)
        {
            _isUp = isUp;
            Changed?.Invoke(this);
        }
    }

    private void Discard()
    {
        var client = _client;
        _client = null;

        // Not awaited: closing waits for what a silent server still owes.
        client?.CloseAsync(allowCommandsToComplete: false);
    }

    private static string FirstLine(string text) => text.Split('\n', ';')[0].Trim();
}
