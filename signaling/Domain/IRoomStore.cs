using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>Where rooms live between commands. Every implementation passes RoomStoreContract.</summary>
/// <remarks>Every method may throw <see cref="RoomStoreUnavailableException"/>: the store did not answer.</remarks>
public interface IRoomStore
{
    /// <summary>The room as of its last event, or null when there is none (any more).</summary>
    ValueTask<Room?> LoadAsync(RoomId id, CancellationToken cancellationToken);

    /// <summary>Appends <paramref name="events"/> to the room's log if nobody else did since.</summary>
    /// <param name="id">The room.</param>
    /// <param name="expectedVersion">The version the caller decided on; 0 for a room that is not stored yet.</param>
    /// <param name="events">At least one; they get the numbers that follow.</param>
    /// <param name="cancellationToken">Stops waiting; the append may still have happened.</param>
    /// <returns>False when somebody else appended in between: load again and decide again.</returns>
    ValueTask<bool> TryAppendAsync(
        RoomId id,
        long expectedVersion,
        ImmutableArray<RoomEvent> events,
        CancellationToken cancellationToken
    );

    /// <summary>The events after number <paramref name="after"/>, in order, as far as they are kept.</summary>
    /// <returns>Null when some of them are no longer kept or never were: then only the whole state helps.</returns>
    ValueTask<ImmutableArray<NumberedEvent>?> ReadEventsAsync(
        RoomId id,
        long after,
        CancellationToken cancellationToken
    );

    /// <summary>A page of the live rooms, newest first.</summary>
    /// <param name="after">The last room of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<ImmutableArray<Room>> ListLiveAsync(RoomPosition? after, int count, CancellationToken cancellationToken);

    /// <summary>A page of the scheduled rooms, the one that starts soonest first.</summary>
    /// <param name="after">The last room of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<ImmutableArray<Room>> ListScheduledAsync(
        SchedulePosition? after,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Calls <paramref name="changed"/> within about a second after the room's log grew, whichever node appended. A
    /// hint: it may come twice, for nothing, and late after an outage.
    /// </summary>
    /// <param name="id">The room; it need not be stored yet.</param>
    /// <param name="changed">Any thread; must be short and not throw.</param>
    /// <returns>Ends the watch.</returns>
    IDisposable Watch(RoomId id, Action changed);
}

/// <summary>A place in the list of scheduled rooms: soonest first, then by id.</summary>
public readonly record struct SchedulePosition(DateTimeOffset StartsAt, RoomId Id) : IComparable<SchedulePosition>
{
    public static SchedulePosition Of(Room room)
    {
        ArgumentNullException.ThrowIfNull(room);
        return new SchedulePosition(room.StartsAt ?? room.CreatedAt, room.Id);
    }

    public int CompareTo(SchedulePosition other)
    {
        var soonestFirst = StartsAt.CompareTo(other.StartsAt);
        return soonestFirst != 0 ? soonestFirst : string.CompareOrdinal(Id.Value, other.Id.Value);
    }

    public static bool operator <(SchedulePosition left, SchedulePosition right) => left.CompareTo(right) < 0;

    public static bool operator >(SchedulePosition left, SchedulePosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(SchedulePosition left, SchedulePosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SchedulePosition left, SchedulePosition right) => left.CompareTo(right) >= 0;
}

/// <summary>A place in the list of live rooms: newest first, then by id.</summary>
public readonly record struct RoomPosition(DateTimeOffset CreatedAt, RoomId Id) : IComparable<RoomPosition>
{
    public static RoomPosition Of(Room room)
    {
        ArgumentNullException.ThrowIfNull(room);
        return new RoomPosition(room.CreatedAt, room.Id);
    }

    public int CompareTo(RoomPosition other)
    {
        var newestFirst = other.CreatedAt.CompareTo(CreatedAt);
        return newestFirst != 0 ? newestFirst : string.CompareOrdinal(Id.Value, other.Id.Value);
    }

    public static bool operator <(RoomPosition left, RoomPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(RoomPosition left, RoomPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(RoomPosition left, RoomPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RoomPosition left, RoomPosition right) => left.CompareTo(right) >= 0;
}

/// <summary>The store did not answer; trying again later may help.</summary>
public sealed class RoomStoreUnavailableException : Exception
{
    public RoomStoreUnavailableException() { }

    public RoomStoreUnavailableException(string message)
        : base(message) { }

    public RoomStoreUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
