using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>A room on its home worker, with its way to the listeners on each worker.</summary>
/// <remarks>Not thread-safe: the home worker owns it.</remarks>
internal sealed class HomeRoom(uint room, WorkerRooms rooms, WorkerRings rings, Random random)
{
    private readonly Dictionary<int, IAudience> _audiences = [];

    // Sequence numbers and timestamps must not be guessed by chance only, so no stronger source is needed.
    public RoomRouter Router { get; } = new(random);

    public void AttachListener(int slotCount, int worker, int own) =>
        Router.AttachListener(slotCount, Audience(worker, own));

    public void DetachListener(int slotCount, int worker, int own) =>
        Router.DetachListener(slotCount, Audience(worker, own));

    private IAudience Audience(int worker, int own)
    {
        if (!_audiences.TryGetValue(worker, out var audience))
        {
            audience = worker == own ? rooms.Audience(room) : new RingAudience(rings.To(worker), room);
            _audiences.Add(worker, audience);
        }

        return audience;
    }
}
