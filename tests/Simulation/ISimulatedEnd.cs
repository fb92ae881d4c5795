using Spaces.Sfu.Protocol;

namespace Spaces.Simulation;

/// <summary>Something with addresses on the simulated network.</summary>
internal interface ISimulatedEnd
{
    /// <param name="source">Where the datagram claims to come from.</param>
    /// <param name="destination">Which of the end's addresses it was sent to.</param>
    /// <param name="datagram">The end's own copy.</param>
    void Receive(TransportAddress source, TransportAddress destination, byte[] datagram);
}
