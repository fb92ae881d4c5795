using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>A journal that is written anew, shorter, when it is opened and after it has grown much.</summary>
/// <remarks>
/// <para>
/// One process owns the files of a name in a directory, by a lock on <c>NAME.lock</c>. Where the disk has no room for
/// compaction, the journal grows on. See <see cref="RoomJournal"/> for what a crash can and cannot lose.
/// </para>
/// <para>Not thread-safe.</para>
/// </remarks>
internal sealed class CompactedJournal : IDisposable
{
    /// <summary>
    /// Bytes appended since the last compaction that lead to the next; bounds the file and the next start.
    /// </summary>
    internal const long GrowthMax = 64 * 1024 * 1024;

    /// <summary>What <c>flock</c> says where somebody else has the lock (EWOULDBLOCK of Linux).</summary>
    private const int ErrorLocked = 11;

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Func<IEnumerable<byte[]>> _everything;
    private readonly Func<string, FileMode, FileStream> _openFile;
    private RoomJournal _journal;
    private long _compactedLength;
    private IOException? _compactionFailure;

    private CompactedJournal(
        string path,
        FileStream directoryLock,
        Func<IEnumerable<byte[]>> everything,
        Func<string, FileMode, FileStream> openFile,
        RoomJournal journal
    )
    {
        _path = path;
        _lock = directoryLock;
        _everything = everything;
        _openFile = openFile;
        _journal = journal;
    }

    /// <param name="directory">Made if need be.</param>
    /// <param name="name">Of the files, and of what is in them.</param>
    /// <param name="read">Called with each record, in order; false: it makes no sense, stop before it.</param>
    /// <param name="everything">The records that a compacted journal consists of.</param>
    /// <param name="openFile">Opens the files.</param>
    /// <param name="cutOff">Bytes of a torn or damaged tail, moved to <c>NAME.journal.damaged</c>.</param>
    public static CompactedJournal Open(
        string directory,
        string name,
        Func<ReadOnlyMemory<byte>, bool> read,
        Func<IEnumerable<byte[]>> everything,
        Func<string, FileMode, FileStream> openFile,
        out long cutOff
    )
    {
        Directory.CreateDirectory(directory);
        var directoryLock = Lock(directory, name);
        try
        {
            var path = Path.Combine(directory, $"{name}.journal");
            var journal = RoomJournal.Open(path, read, out cutOff, openFile);
            var compacted = new CompactedJournal(path, directoryLock, everything, openFile, journal);
            compacted.Compact();
            return compacted;
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <exception cref="RoomStoreUnavailableException">The record is not in the journal, and never will be.</exception>
    public void Append(byte[] record)
    {
        try
        {
            _journal.Append(record);
        }
        catch (IOException error)
        {
            throw new RoomStoreUnavailableException($"The journal {_path} could not be written.", error);
        }
    }

    /// <summary>To be called after what was appended also stands in memory.</summary>
    public void CompactIfGrown()
    {
        if (_journal.Length - _compactedLength > GrowthMax)
        {
            Compact();
        }
    }

    /// <summary>Forces every record so far to the disk.</summary>
    /// <exception cref="IOException">It could not, or a compaction since the last call failed.</exception>
    public void Flush()
    {
        _journal.Flush();
        if (_compactionFailure is { } failure)
        {
            _compactionFailure = null;
            throw new IOException($"{_path} could not be compacted and grows on. Is the disk full?", failure);
        }
    }

    public void Dispose()
    {
        _journal.Dispose();
        _lock.Dispose();
    }

    /// <summary>The journal itself is no lock: compaction puts another file in its place.</summary>
    private static FileStream Lock(string directory, string name)
    {
        try
        {
            return RoomJournal.OpenFile(Path.Combine(directory, $"{name}.lock"), FileMode.OpenOrCreate);
        }
        catch (IOException error) when (error.HResult == ErrorLocked)
        {
            throw new IOException(
                $"Another process keeps its {name} in {directory}. Stop it, or set another directory for this one.",
                error
            );
        }
    }

    /// <summary>A journal that cannot be compacted is as good as before, only longer.</summary>
    private void Compact()
    {
        try
        {
            var compacted = RoomJournal.Replace(_path, _everything(), _openFile);
            _journal.Abandon();
            _journal = compacted;
        }
        catch (IOException error)
        {
            _compactionFailure = error;
        }

        _compactedLength = _journal.Length;
    }
}
