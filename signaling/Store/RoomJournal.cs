using System.Buffers.Binary;
using System.Numerics;

namespace Spaces.Signaling.Store;

/// <summary>An append-only file of framed records.</summary>
/// <remarks>
/// <para>One record: 4 bytes length, 4 bytes CRC-32C of the payload, both little-endian, then the payload.</para>
/// <para>
/// A record is handed to the operating system before <see cref="Append"/> returns, so the death of this process loses
/// nothing. It is forced to the disk by <see cref="Flush"/>, which the owner calls about once a second: a power failure
/// can lose that second.
/// </para>
/// <para>Not thread-safe.</para>
/// </remarks>
internal sealed class RoomJournal : IDisposable
{
    /// <summary>Far above a full stage (500 people of at most 1 KiB each) with a thousand events.</summary>
    public const int RecordLengthMax = 64 * 1024 * 1024;

    private const int HeaderLength = 8;

    private readonly FileStream _file;
    private bool _dirty;

    private RoomJournal(FileStream file) => _file = file;

    /// <summary>Bytes in the file.</summary>
    public long Length => _file.Length;

    /// <summary>Opens or creates the file at <paramref name="path"/> and reads what is in it.</summary>
    /// <param name="path">Locked against other processes while open.</param>
    /// <param name="read">Called with each whole record, in order; false: the record makes no sense, stop before
    /// it.</param>
    /// <param name="cutOff">Bytes of a torn or damaged tail that were cut off; 0 as a rule.</param>
    public static RoomJournal Open(string path, Func<ReadOnlyMemory<byte>, bool> read, out long cutOff)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            var end = ReadAll(file, read);
            cutOff = file.Length - end;
            if (cutOff > 0)
            {
                KeepDamaged(file, end, path);
                file.SetLength(end);
                file.Flush(flushToDisk: true);
            }

            file.Position = end;
            return new RoomJournal(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes a new file with <paramref name="records"/> and puts it in the place of <paramref name="path"/>.
    /// </summary>
    public static void Rewrite(string path, IEnumerable<byte[]> records)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (var record in records)
            {
                file.Write(Frame(record));
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <exception cref="IOException">Nothing of the record is left in the file.</exception>
    public void Append(byte[] payload)
    {
        var start = _file.Length;
        try
        {
            _file.Position = start;
            _file.Write(Frame(payload));
            _dirty = true;
        }
        catch (IOException)
        {
            _file.SetLength(start);
            throw;
        }
    }

    /// <summary>Forces what was appended to the disk.</summary>
    public void Flush()
    {
        if (_dirty)
        {
            _file.Flush(flushToDisk: true);
            _dirty = false;
        }
    }

    public void Dispose()
    {
        Flush();
        _file.Dispose();
    }

    private static byte[] Frame(byte[] payload)
    {
        if (payload.Length > RecordLengthMax)
        {
            throw new IOException($"A record of {payload.Length} bytes is longer than the journal allows.");
        }

        var frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Crc32C(payload));
        payload.CopyTo(frame, HeaderLength);
        return frame;
    }

    /// <returns>Where the last good record ends.</returns>
    private static long ReadAll(FileStream file, Func<ReadOnlyMemory<byte>, bool> read)
    {
        var header = new byte[HeaderLength];
        long end = 0;
        while (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is < 0 or > RecordLengthMax || length > file.Length - file.Position)
            {
                break;
            }

            var payload = new byte[length];
            file.ReadExactly(payload);
            if (Crc32C(payload) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)) || !read(payload))
            {
                break;
            }

            end = file.Position;
        }

        return end;
    }

    /// <summary>Puts what is cut off aside, for whoever wants to know what it was; one such file is kept.</summary>
    private static void KeepDamaged(FileStream file, long from, string path)
    {
        file.Position = from;
        using var damaged = File.Create(path + ".damaged");
        file.CopyTo(damaged);
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
