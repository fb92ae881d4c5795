using Microsoft.Extensions.DependencyInjection;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server;
using Spaces.Signaling.Server.Rooms;
using Spaces.Signaling.Store.Redis;
using Spaces.Signaling.Tests.Hosting;
using Spaces.Signaling.Tests.Store.Redis;

namespace Spaces.Signaling.Tests.Cluster;

/// <summary>Several signaling servers in this process, on one real Redis and one media node.</summary>
internal sealed class SignalingCluster : IAsyncDisposable
{
    private readonly List<SignalingHost> _nodes = [];

    private SignalingCluster(RedisProcess redis, MediaNodeHost media) => (Redis, Media) = (redis, media);

    public RedisProcess Redis { get; }

    public MediaNodeHost Media { get; }

    public SignalingHost this[int index] => _nodes[index];

    /// <param name="count">So many nodes.</param>
    /// <param name="configure">What else to set.</param>
    public static async Task<SignalingCluster> StartAsync(
        int count,
        Func<SignalingOptions, SignalingOptions>? configure = null
    )
    {
        var redis = await RedisProcess.StartAsync(dial: null, "--save", "", "--appendonly", "no");
        var cluster = new SignalingCluster(redis, await MediaNodeHost.StartAsync());
        for (var i = 0; i < count; i++)
        {
            await cluster.AddNodeAsync(configure);
        }

        return cluster;
    }

    public async Task<SignalingHost> AddNodeAsync(Func<SignalingOptions, SignalingOptions>? configure = null)
    {
        var node = await SignalingHost.StartAsync(
            Media,
            options => (configure?.Invoke(options) ?? options) with { Redis = Options }
        );
        var redis = node.Services.GetRequiredService<RedisConnection>();
        Assert.That(await redis.WaitUntilUpAsync(Eventually.Patience, CancellationToken.None), Is.True);
        _nodes.Add(node);
        return node;
    }

    /// <summary>As on SIGTERM.</summary>
    public async Task StopNodeAsync(int index)
    {
        var node = _nodes[index];
        _nodes.RemoveAt(index);
        await node.DisposeAsync();
    }

    public static async Task<LiveRoom> RoomAsync(SignalingHost node, string id)
    {
        var found = await node.Services.GetRequiredService<RoomDirectory>().FindLiveAsync(id, CancellationToken.None);
        return found.Value!;
    }

    /// <summary>Commits a command on one node, as every transport does.</summary>
    public static async Task<Refusal?> ExecuteAsync(SignalingHost node, string room, RoomCommand command) =>
        await (await RoomAsync(node, room)).ExecuteAsync(command, CancellationToken.None);

    public RedisOptions Options
    {
        get
        {
            Assert.That(RedisOptions.TryParse(Redis.Address, out var options, out var problem), Is.True, problem);
            return options!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Media.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
