using Spaces.Sfu.Protocol;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>A room whose home is another worker.</summary>
internal sealed class RingAudioSink(RingLink link, uint room) : IAudioSink
{
    public void Route(in AudioPacket packet, Instant now)
    {
        if (packet.Payload.Length <= RoomRouter.PayloadLengthMax && link.TryRent(out var frame))
        {
            link.Commit(RelayFrame.Write(frame, room, packet));
        }
    }
}
