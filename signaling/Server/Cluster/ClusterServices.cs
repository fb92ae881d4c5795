using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Store.Presence;
using Spaces.Signaling.Store.Redis;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>How this process goes together with other signaling nodes; without Redis there are none.</summary>
internal static class ClusterServices
{
    /// <remarks>Before the media nodes are followed: whose sessions those are is asked here.</remarks>
    public static void AddCluster(this IServiceCollection services, SignalingOptions options)
    {
        services.AddSingleton(ClusterTimings.Default);
        services.AddSingleton(new ClusterNode(isShared: options.Redis is not null));
        if (options.Redis is not null)
        {
            services.AddSingleton<RedisPresence>();
            services.AddSingleton<IPlaces>(provider => provider.GetRequiredService<RedisPresence>());
            services.AddSingleton<INodes>(provider => provider.GetRequiredService<RedisPresence>());
            services.AddSingleton<INodeChannel, RedisNodeChannel>();
        }
        else
        {
            var presence = new InMemoryPresence(TimeProvider.System);
            services.AddSingleton<IPlaces>(presence);
            services.AddSingleton<INodes>(presence);
            services.AddSingleton<INodeChannel, InMemoryNodeChannel>();
        }

        services.AddSingleton<NodeMessenger>();
        services.AddSingleton<RoomPeople>();
        services.AddSingleton<Relocation>();
        services.AddSingleton<RoomSync>();
        services.AddSingleton<RoomFollower>();
        services.AddSingleton<Adoption>();
        services.AddHostedService<ClusterPulse>();
        services.AddHostedService(provider => provider.GetRequiredService<RoomFollower>());
    }
}
