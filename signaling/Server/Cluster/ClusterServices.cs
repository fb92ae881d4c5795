using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Store.Presence;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>How this process goes together with other signaling nodes; by default there are none.</summary>
internal static class ClusterServices
{
    /// <remarks>Before the media nodes are followed: whose sessions those are is asked here.</remarks>
    public static void AddCluster(this IServiceCollection services)
    {
        var presence = new InMemoryPresence(TimeProvider.System);
        services.AddSingleton(ClusterTimings.Default);
        services.AddSingleton(new ClusterNode(isShared: false));
        services.AddSingleton<IPlaces>(presence);
        services.AddSingleton<INodes>(presence);
        services.AddSingleton<INodeChannel, InMemoryNodeChannel>();
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
