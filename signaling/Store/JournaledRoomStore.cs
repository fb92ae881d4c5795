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
/// The journal is compacted when it is opened and whenever it has grown by <see cref="GrowthMax"/>. One process owns
/// the
/// directory. See <see cref="RoomJournal"/> for what a crash can and cannot lose.
/// </remarks>
public sealed class JournaledRoomStore : IRoomStore, IDisposable
{
    private const string FileName = "rooms.journal";

    /// <summary>
    /// Bytes appended since the last compaction that lead to the next; bounds the file and the next start.
    /// </summary>
    private const long GrowthMax = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly InMemoryRoomStore _rooms;
    private readonly string _path;
    private readonly RoomRetention _retention;
    private RoomJournal _journal;
    private long _compactedLength;

    private JournaledRoomStore(InMemoryRoomStore rooms, string path, RoomRetention retention, RoomJournal journal)
    {
        _rooms = rooms;
        _path = path;
        _retention = retention;
        _journal = journal;
        _compactedLength = journal.Length;
    }

    /// <summary>Opens the journal in <paramref name="directory"/>, making both if need be.</summary>
    /// <exception cref="InvalidDataException">The journal is of another schema version.</exception>
    /// <exception cref="IOException">The directory cannot be used, or another process has the journal open.</exception>
    public static JournaledRoomStore Open(string directory, RoomRetention retention, out JournalRecovery recovery)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        var rooms = new InMemoryRoomStore(retention);
        var journal = RoomJournal.Open(path, record => TryRead(record, rooms, retention), out var cutOff);
        var store = new JournaledRoomStore(rooms, path, retention, journal);
        store.Compact();
        var all = rooms.All();
        var live = all.Count(stored => stored.Room.State == RoomState.Live);
        recovery = new JournalRecovery(live, all.Length - live, cutOff);
        return store;
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

            try
            {
                _journal.Append(Encode(new JournalEntry(RoomJson.Version, id, expectedVersion, [.. events], null)));
            }
            catch (IOException error)
            {
                throw new RoomStoreUnavailableException($"The journal {_path} could not be written.", error);
            }

            _rooms.Put(current.With(events, _retention.EventsMax));
            if (_journal.Length - _compactedLength > GrowthMax)
            {
                Compact();
            }

            return ValueTask.FromResult(true);
        }
    }

    /// <summary>Forces every commit so far to the disk; called about once a second.</summary>
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

    private void Compact()
    {
        _journal.Dispose();
        RoomJournal.Rewrite(
            _path,
            _rooms
                .All()
                .Select(stored =>
                    Encode(
                        new JournalEntry(
                            RoomJson.Version,
                            stored.Room.Id,
                            stored.Room.Version,
                            [.. stored.Events],
                            stored.Room
                        )
                    )
                )
        );
        _journal = RoomJournal.Open(_path, _ => true, out _);
        _compactedLength = _journal.Length;
    }
}
