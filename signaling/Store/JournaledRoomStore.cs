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
/// The journal is compacted when it is opened and whenever it has grown by <see cref="GrowthMax"/>; where the disk has
/// no room for that, it grows on. One process owns the directory, by a lock on <c>rooms.lock</c>. See
/// <see cref="RoomJournal"/> for what a crash can and cannot lose.
/// </remarks>
public sealed class JournaledRoomStore : IRoomStore, IDisposable
{
    private const string FileName = "rooms.journal";
    private const string LockName = "rooms.lock";

    /// <summary>What <c>flock</c> says where somebody else has the lock (EWOULDBLOCK of Linux).</summary>
    private const int ErrorLocked = 11;

    /// <summary>
    /// Bytes appended since the last compaction that lead to the next; bounds the file and the next start.
    /// </summary>
    internal const long GrowthMax = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly InMemoryRoomStore _rooms;
    private readonly string _path;
    private readonly RoomRetention _retention;
    private readonly FileStream _lock;
    private readonly Func<string, FileMode, FileStream> _openFile;
    private RoomJournal _journal;
    private long _compactedLength;
    private IOException? _compactionFailure;

    private JournaledRoomStore(
        InMemoryRoomStore rooms,
        string path,
        RoomRetention retention,
        FileStream directoryLock,
        Func<string, FileMode, FileStream> openFile,
        RoomJournal journal
    )
    {
        _rooms = rooms;
        _path = path;
        _retention = retention;
        _lock = directoryLock;
        _openFile = openFile;
        _journal = journal;
        _compactedLength = journal.Length;
    }

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
        Directory.CreateDirectory(directory);
        var directoryLock = Lock(directory);
        try
        {
            var path = Path.Combine(directory, FileName);
            var rooms = new InMemoryRoomStore(retention);
            var journal = RoomJournal.Open(path, record => TryRead(record, rooms, retention), out var cutOff, openFile);
            var store = new JournaledRoomStore(rooms, path, retention, directoryLock, openFile, journal);
            store.Compact();
            var all = rooms.All();
            var live = all.Count(stored => stored.Room.State == RoomState.Live);
            recovery = new JournalRecovery(live, all.Length - live, cutOff);
            return store;
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
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
            if (_compactionFailure is { } failure)
            {
                _compactionFailure = null;
                throw new IOException($"{_path} could not be compacted and grows on. Is the disk full?", failure);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _journal.Dispose();
            _lock.Dispose();
        }
    }

    /// <summary>The journal itself is no lock: compaction puts another file in its place.</summary>
    private static FileStream Lock(string directory)
    {
        try
        {
            return RoomJournal.OpenFile(Path.Combine(directory, LockName), FileMode.OpenOrCreate);
        }
        catch (IOException error) when (error.HResult == ErrorLocked)
        {
            throw new IOException(
                $"Another process keeps its rooms in {directory}. Stop it, or set another directory for this one.",
                error
            );
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

    /// <summary>A journal that cannot be compacted is as good as before, only longer.</summary>
    private void Compact()
    {
        try
        {
            var compacted = RoomJournal.Replace(_path, _rooms.All().Select(Encode), _openFile);
            _journal.Abandon();
            _journal = compacted;
        }
        catch (IOException error)
        {
            _compactionFailure = error;
        }

        _compactedLength = _journal.Length;
    }

    private static byte[] Encode(StoredRoom stored) =>
        Encode(
            new JournalEntry(RoomJson.Version, stored.Room.Id, stored.Room.Version, [.. stored.Events], stored.Room)
        );
}
