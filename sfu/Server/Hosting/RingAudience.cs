using Spaces.Sfu.Protocol;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>A room's listeners on another worker.</summary>
internal sealed class RingAudience(RingLink link, uint room) : IAudience
{
    public void Deliver(in SlotPacket packet, Instant now)
    {
        if (link.TryRent(out var frame))
        {
            link.Commit(RelayFrame.Write(frame, room, packet));
        }
    }
}
