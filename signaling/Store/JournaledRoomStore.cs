using System.Collections.Immutable;
using System.Text.Json;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>What opening a journal found.</summary>
/// <param name="LiveRooms">Rooms that are live.</param>
/// <param name="EndedRooms">Rooms that have ended and are still kept.</param>
/// <param name="CutOffBytes">A torn or damaged tail, moved to <c>rooms.journal.damaged</c>; 0 as a rule.</param>
public sealed record JournalRecovery(int LiveRooms, int EndedRooms, long CutOffBytes);

/// <summary>Keeps rooms in memory and every commit in a journal on disk, so that a restart loses no room.</summary>
/// <remarks>
/// See <see cref="CompactedJournal"/> and <see cref="RoomJournal"/> for what a crash can and cannot lose.
/// </remarks>
public sealed class JournaledRoomStore : IRoomStore, IDisposable
{
    private readonly Lock _gate = new();
    private readonly InMemoryRoomStore _rooms;
    private readonly RoomRetention _retention;
    private readonly CompactedJournal _journal;

    private JournaledRoomStore(InMemoryRoomStore rooms, RoomRetention retention, CompactedJournal journal) =>
        (_rooms, _retention, _journal) = (rooms, retention, journal);

    /// <summary>Opens the journal in <paramref name="directory"/>, making both if need be.</summary>
    /// <exception cref="InvalidDataException">The journal is of another schema version.</exception>
    /// <exception cref="IOException">The directory cannot be used, or another process has the journal open.</exception>
    public static JournaledRoomStore Open(string directory, RoomRetention retention, out JournalRecovery recovery) =>
        Open(directory, retention, RoomJournal.OpenFile, out recovery);

    /// <param name="directory">Owned by one process.</param>
    /// <param name="retention">What to keep.</param>
    /// <param name="openFile">Opens the journal's files.</param>
    /// <param name="recovery">What was found.</param>
    internal static JournaledRoomStore Open(
        string directory,
        RoomRetention retention,
        Func<string, FileMode, FileStream> openFile,
        out JournalRecovery recovery
    )
    {
        var rooms = new InMemoryRoomStore(retention);
        var journal = CompactedJournal.Open(
            directory,
            "rooms",
            record => TryRead(record, rooms, retention),
            () => rooms.All().Select(Encode),
            openFile,
            out var cutOff
        );
        var all = rooms.All();
        var live = all.Count(stored => stored.Room.State == RoomState.Live);
        var ended = all.Count(stored => stored.Room.State == RoomState.Ended);
        recovery = new JournalRecovery(live, ended, cutOff);
        return new JournaledRoomStore(rooms, retention, journal);
    }

    public ValueTask<Room?> LoadAsync(RoomId id, CancellationToken cancellationToken) =>
        _rooms.LoadAsync(id, cancellationToken);

    public ValueTask<ImmutableArray<NumberedEvent>?> ReadEventsAsync(
        RoomId id,
        long after,
        CancellationToken cancellationToken
    ) => _rooms.ReadEventsAsync(id, after, cancellationToken);

    public ValueTask<ImmutableArray<Room>> ListLiveAsync(
        RoomPosition? after,
        int count,
        CancellationToken cancellationToken
    ) => _rooms.ListLiveAsync(after, count, cancellationToken);

    public ValueTask<ImmutableArray<Room>> ListScheduledAsync(
        SchedulePosition? after,
        int count,
        CancellationToken cancellationToken
    ) => _rooms.ListScheduledAsync(after, count, cancellationToken);

    public IDisposable Watch(RoomId id, Action changed) => _rooms.Watch(id, changed);

    public ValueTask<bool> TryAppendAsync(
        RoomId id,
        long expectedVersion,
        ImmutableArray<RoomEvent> events,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            var current = _rooms.Find(id);
            if (current.Room.Version != expectedVersion)
            {
                return ValueTask.FromResult(false);
            }

            _journal.Append(Encode(new JournalEntry(RoomJson.Version, id, expectedVersion, [.. events], null)));
            _rooms.Put(current.With(events, _retention.EventsMax));
            _journal.CompactIfGrown();
        }

        _rooms.Tell(id);
        return ValueTask.FromResult(true);
    }

    /// <summary>Forces every commit so far to the disk; called about once a second.</summary>
    /// <exception cref="IOException">It could not, or a compaction since the last call failed.</exception>
    public void Flush()
    {
        lock (_gate)
        {
            _journal.Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _journal.Dispose();
        }
    }

    private static byte[] Encode(JournalEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, RoomJson.Options);

    private static bool TryRead(ReadOnlyMemory<byte> record, InMemoryRoomStore rooms, RoomRetention retention)
    {
        try
        {
            var entry = JsonSerializer.Deserialize<JournalEntry>(record.Span, RoomJson.Options);
            if (entry is null)
            {
                return false;
            }

            if (entry.Version != RoomJson.Version)
            {
                throw new InvalidDataException(
                    $"The journal has records of schema {entry.Version}, this program knows {RoomJson.Version}. "
                        + "Start the version that wrote it, or move rooms.journal away to begin with no rooms."
                );
            }

            if (entry.State is { } state)
            {
                rooms.Put(new StoredRoom(state, [.. entry.Events]));
                return true;
            }

            var current = rooms.Find(entry.Room);
            if (current.Room.Version != entry.From)
            {
                return false;
            }

            rooms.Put(current.With([.. entry.Events], retention.EventsMax));
            return true;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    private static byte[] Encode(StoredRoom stored) =>
        Encode(
            new JournalEntry(RoomJson.Version, stored.Room.Id, stored.Room.Version, [.. stored.Events], stored.Room)
        );
}
