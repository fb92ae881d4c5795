using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Store.Presence;

namespace Spaces.Signaling.Tests.Cluster;

[TestFixture]
internal sealed class InMemoryPresenceTests : PresenceContract
{
    protected override (IPlaces Places, INodes Nodes) Create()
    {
        var presence = new InMemoryPresence(TimeProvider.System);
        return (presence, presence);
    }
}
