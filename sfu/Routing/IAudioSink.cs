using Spaces.Sfu.Protocol;

namespace Spaces.Sfu.Routing;

/// <summary>A room as a speaker's worker sees it: here, or behind a ring.</summary>
public interface IAudioSink
{
    /// <summary>Takes in one packet of a speaker.</summary>
    void Route(in AudioPacket packet, Instant now);
}
