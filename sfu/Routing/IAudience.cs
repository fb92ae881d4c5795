using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>A room's listeners on one worker, as the room's home worker sees them: here, or behind a ring.</summary>
public interface IAudience
{
    /// <summary>Hands a packet to all of them whom it concerns.</summary>
    void Deliver(in SlotPacket packet, Instant now);
}
