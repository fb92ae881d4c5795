using System.Buffers;
using System.IO.Compression;

namespace Grpc.Wire;

/// <summary>Gzip for one message at a time, never above a limit.</summary>
internal static class Gzip
{
    private const int ChunkLength = 16 * 1024;

    /// <summary>Appends the compressed bytes to <paramref name="destination"/>.</summary>
    public static void Compress(ReadOnlySpan<byte> source, IBufferWriter<byte> destination, CompressionLevel level)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, level, leaveOpen: true))
        {
            gzip.Write(source);
        }
        destination.Write(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    /// <summary>
    /// Decompresses chunk by chunk and stops as soon as the limit is passed, whatever the source claims.
    /// </summary>
    /// <exception cref="InvalidDataException">The source is not gzip.</exception>
    public static GzipResult Decompress(in ReadOnlySequence<byte> source, int lengthMax)
    {
        using var compressed = new MemoryStream(source.ToArray(), writable: false);
        using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        var destination = new ArrayBufferWriter<byte>();
        int read;
        while ((read = gzip.Read(destination.GetSpan(ChunkLength)[..ChunkLength])) > 0)
        {
            destination.Advance(read);
            if (destination.WrittenCount > lengthMax)
            {
                return new GzipResult(IsTooLong: true, ReadOnlyMemory<byte>.Empty);
            }
        }
        return new GzipResult(IsTooLong: false, destination.WrittenMemory);
    }
}

/// <summary>What came out of a decompression.</summary>
/// <param name="IsTooLong">The limit was passed, so there are no bytes.</param>
/// <param name="Bytes">The message.</param>
internal readonly record struct GzipResult(bool IsTooLong, ReadOnlyMemory<byte> Bytes);
