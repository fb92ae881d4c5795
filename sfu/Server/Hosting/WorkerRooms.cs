using Spaces.Sfu.Protocol;
using Spaces.Sfu.Routing;

namespace Spaces.Sfu.Server.Hosting;

/// <summary>The rooms as one worker knows them: those at home here, and the listeners it has of any room.</summary>
/// <remarks>Not thread-safe: the worker owns it.</remarks>
internal sealed class WorkerRooms(int own, WorkerRings rings, Func<Random> createRandom)
{
    private readonly Dictionary<uint, HomeRoom> _homes = [];
    private readonly Dictionary<uint, RoomAudience> _audiences = [];

    /// <summary>Packets of rooms that ended while they were in a ring.</summary>
    public long Stray { get; private set; }

    /// <summary>The room at home here; made when first asked for.</summary>
    public HomeRoom Home(uint room)
    {
        if (!_homes.TryGetValue(room, out var home))
        {
            home = new HomeRoom(room, this, rings, createRandom());
            _homes.Add(room, home);
        }

        return home;
    }

    /// <summary>A room that is at home here, or on another worker.</summary>
    public IAudioSink Sink(uint room, int homeWorker) =>
        homeWorker == own ? Home(room).Router : new RingAudioSink(rings.To(homeWorker), room);

    public void RemoveHome(uint room) => _homes.Remove(room);

    /// <summary>The room's listeners on this worker.</summary>
    public RoomAudience Audience(uint room)
    {
        if (!_audiences.TryGetValue(room, out var audience))
        {
            audience = new RoomAudience();
            _audiences.Add(room, audience);
        }

        return audience;
    }

    /// <summary>A participant may not be heard any more: nothing of theirs is sent to anybody again.</summary>
    public void Forget(uint room, uint mediaId)
    {
        if (_audiences.TryGetValue(room, out var audience))
        {
            audience.Forget(mediaId);
        }
    }

    public void RemoveAudience(uint room) => _audiences.Remove(room);

    /// <summary>
    /// A frame out of a ring: a speaker's packet for a room at home here, or a slot packet for listeners here.
    /// </summary>
    public void HandleFrame(ReadOnlySpan<byte> frame, Instant now)
    {
        var room = RelayFrame.Room(frame);
        if (RelayFrame.IsAudio(frame))
        {
            if (_homes.TryGetValue(room, out var home))
            {
                home.Router.Route(RelayFrame.ReadAudio(frame), now);
                return;
            }
        }
        else if (_audiences.TryGetValue(room, out var audience))
        {
            audience.Deliver(RelayFrame.ReadSlot(frame), now);
            return;
        }

        Stray++;
    }
}
