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

    private RoomJournal(FileStream file, long length)
    {
        _file = file;
        Length = length;
    }

    /// <summary>Where the last whole record ends. What a failed write left behind it does not count.</summary>
    public long Length { get; private set; }

    /// <summary>Opens or creates the file at <paramref name="path"/> and reads what is in it.</summary>
    /// <param name="path">Locked against other processes while open.</param>
    /// <param name="read">Called with each whole record, in order; false: the record makes no sense, stop before
    /// it.</param>
    /// <param name="cutOff">Bytes of a torn or damaged tail that were cut off; 0 as a rule.</param>
    /// <param name="open">Opens the file: <see cref="OpenFile"/>, but for tests of a full disk.</param>
    public static RoomJournal Open(
        string path,
        Func<ReadOnlyMemory<byte>, bool> read,
        out long cutOff,
        Func<string, FileMode, FileStream>? open = null
    )
    {
        var file = (open ?? OpenFile)(path, FileMode.OpenOrCreate);
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

            return new RoomJournal(file, end);
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
    /// <returns>The new one. Whoever has the old one open appends to a file without a name: close that.</returns>
    /// <exception cref="IOException">The file at <paramref name="path"/> is as it was.</exception>
    public static RoomJournal Replace(
        string path,
        IEnumerable<byte[]> records,
        Func<string, FileMode, FileStream>? open = null
    )
    {
        var temporary = path + ".new";
        var file = (open ?? OpenFile)(temporary, FileMode.Create);
        try
        {
            foreach (var record in records)
            {
                file.Write(Frame(record));
            }

            file.Flush(flushToDisk: true);
            File.Move(temporary, path, overwrite: true);
            return new RoomJournal(file, file.Position);
        }
        catch
        {
            file.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Unbuffered, and locked against other processes.</summary>
    public static FileStream OpenFile(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    /// <exception cref="IOException">The record is not in the journal, and never will be.</exception>
    public void Append(byte[] payload)
    {
        var frame = Frame(payload);
        try
        {
            _file.Position = Length;
            _file.Write(frame);
            Length += frame.Length;
            _dirty = true;
        }
        catch (IOException)
        {
            CutOffRest();
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
        try
        {
            Flush();
        }
        finally
        {
            _file.Dispose();
        }
    }

    /// <summary>Closes the file without forcing it to the disk: another has taken its place.</summary>
    public void Abandon() => _file.Dispose();

    /// <summary>
    /// Takes away what a failed write left. Where even that fails, the next record is written over it, and whatever
    /// sticks out behind that one is a torn tail to the next start.
    /// </summary>
    private void CutOffRest()
    {
        try
        {
            _file.SetLength(Length);
        }
        catch (IOException)
        {
            // See above.
        }
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
