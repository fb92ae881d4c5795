using System.Collections.Concurrent;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>How long this node has seen the turns of a room's speakers, and the absence of its host, last.</summary>
/// <remarks>
/// Runs by this node's own clock from the moment it learns of them, never by the time another node wrote. So every node
/// that has the room can keep the time; one that comes later gives a little more of it, and the first whose time is up
/// ends the turn for all. Written under the room's gate; read by any thread.
/// </remarks>
internal sealed class RoomClock(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Running> _running = new();

    /// <summary>Starts what is new in <paramref name="room"/>, and forgets what is no more.</summary>
    public void Follow(Room room)
    {
        if (_running.IsEmpty && room is { HostAbsence: null, Policy.TurnSeconds: 0, Stage.SpeakerCount: 0 })
        {
            return;
        }

        var numbers = room.Stage.Select(member => member.Turn).OfType<Turn>().Select(turn => turn.Number).ToHashSet();
        if (room.HostAbsence is { } absence)
        {
            numbers.Add(absence.Number);
        }

        foreach (var gone in _running.Keys.Where(number => !numbers.Contains(number)))
        {
            _running.TryRemove(gone, out _);
        }

        foreach (var number in numbers)
        {
            _running.TryAdd(number, new Running(time.GetTimestamp()));
        }
    }

    public TimeSpan LeftOf(Turn turn) => Left(turn.Number, turn.Seconds);

    public TimeSpan LeftOf(HostAbsence absence) => Left(absence.Number, absence.GraceSeconds);

    /// <returns>True once for every turn.</returns>
    public bool TryAnnounceEnd(Turn turn) =>
        _running.TryGetValue(turn.Number, out var running) && Interlocked.Exchange(ref running.IsAnnounced, 1) == 0;

    private TimeSpan Left(long number, int seconds)
    {
        var whole = TimeSpan.FromSeconds(seconds);
        if (!_running.TryGetValue(number, out var running))
        {
            return whole; // It begins with the event that is just being told.
        }

        var left = whole - time.GetElapsedTime(running.Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private sealed class Running(long since)
    {
        public int IsAnnounced;

        public long Since => since;
    }
}
