using Spaces.Sfu.Protocol;
using Spaces.Sfu.Transport;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>A worker's ends of the rings: one from and one to each other worker.</summary>
/// <param name="inbound">By the sending worker's index; the own one is null.</param>
/// <param name="outbound">By the receiving worker's index; the own one is null.</param>
internal sealed class WorkerRings(PacketRing?[] inbound, RingLink?[] outbound)
{
    /// <summary>
    /// A third of a second of 30 open microphones; 1 MiB a pair of workers, touched only as it fills.
    /// </summary>
    public const int Capacity = 512;

    public PacketRing[] Inbound { get; } = [.. inbound.OfType<PacketRing>()];

    public RingLink To(int worker) =>
        outbound[worker]
        ?? throw new ArgumentOutOfRangeException(nameof(worker), worker, "A worker has no ring to itself.");

    /// <summary>
    /// Routes all that the other workers handed over; at most what fits the rings, so that a turn ends.
    /// </summary>
    public void Drain(WorkerRooms rooms, Instant now)
    {
        foreach (var ring in Inbound)
        {
            for (var i = 0; i < Capacity && ring.TryPeek(out var frame); i++)
            {
                try
                {
                    rooms.HandleFrame(frame, now);
                }
                finally
                {
                    ring.Release(); // Else one bad frame would be met again in every turn.
                }
            }
        }
    }

    public void WakeReaders()
    {
        foreach (var link in outbound)
        {
            link?.WakeReader();
        }
    }
}
