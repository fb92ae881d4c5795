using Spaces.Sfu.Tests.Peer;

namespace Spaces.Simulation;

/// <summary>What a client can do about loss, and the network it is behind.</summary>
/// <param name="HasNack">It asks for lost packets again and answers those who ask it.</param>
/// <param name="HasRed">It understands RED (RFC 2198) in its slots.</param>
/// <param name="SpeaksRed">It sends each frame twice, the second time within the next packet.</param>
/// <param name="Link">What happens to its media on the way; null: as to everybody's, and as to its checks.</param>
internal readonly record struct PeerAbilities(
    bool HasNack = false,
    bool HasRed = false,
    bool SpeaksRed = false,
    LinkConditions? Link = null
)
{
    /// <summary>Of everything as chance has it.</summary>
    public static PeerAbilities Draw(Random random) =>
        new(random.Next(2) == 0, random.Next(2) == 0, random.Next(3) == 0);
}
