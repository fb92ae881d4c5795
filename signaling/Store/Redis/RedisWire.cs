using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Redis said no: <c>-ERR …</c>.</summary>
internal sealed class RedisRefusedException(string message) : Exception(message);

/// <summary>Commands and replies of RESP2 on a stream: what logging in and finding servers need, and no more.</summary>
/// <remarks>One owner at a time. Reads byte by byte where it does not know a length, so that it never reads too
/// far.</remarks>
internal static class RedisWire
{
    private const int LineLengthMax = 64 * 1024;
    private const int BulkLengthMax = 64 * 1024 * 1024;
    private const int ItemsMax = 1_000_000;
    private const int DepthMax = 8;

    /// <summary>Sends a command and reads its reply.</summary>
    /// <exception cref="RedisRefusedException">The reply is an error.</exception>
    /// <exception cref="IOException">The stream ended, or what came is no RESP2.</exception>
    public static async Task<RedisReply> CallAsync(
        Stream stream,
        CancellationToken cancellationToken,
        params IReadOnlyList<byte[]> command
    )
    {
        await stream.WriteAsync(Encode(command), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return await ReadAsync(stream, 0, cancellationToken);
    }

    /// <inheritdoc cref="CallAsync(Stream, CancellationToken, IReadOnlyList{byte[]})"/>
    public static Task<RedisReply> CallAsync(Stream stream, string[] command, CancellationToken cancellationToken) =>
        CallAsync(stream, cancellationToken, [.. command.Select(Encoding.UTF8.GetBytes)]);

    public static byte[] Encode(IReadOnlyList<byte[]> command)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.ASCII.GetBytes($"*{command.Count}\r\n"));
        foreach (var part in command)
        {
            bytes.Write(Encoding.ASCII.GetBytes($"${part.Length}\r\n"));
            bytes.Write(part);
            bytes.Write("\r\n"u8);
        }

        return bytes.ToArray();
    }

    /// <summary>Up to, and without, the next CR LF.</summary>
    public static async Task<byte[]> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        var one = new byte[1];
        while (line.Length < LineLengthMax)
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            if (one[0] != '\n')
            {
                line.WriteByte(one[0]);
                continue;
            }

            var bytes = line.ToArray();
            return bytes is [.., (byte)'\r'] ? bytes[..^1] : throw Nonsense();
        }

        throw Nonsense();
    }

    private static async Task<RedisReply> ReadAsync(Stream stream, int depth, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(stream, cancellationToken);
        if (line.Length == 0 || depth > DepthMax)
        {
            throw Nonsense();
        }

        var rest = line[1..];
        return (char)line[0] switch
        {
            '+' or ':' => RedisReply.Of(rest),
            '-' => throw new RedisRefusedException(Encoding.UTF8.GetString(rest)),
            '$' => await ReadBulkAsync(stream, Length(rest, BulkLengthMax), cancellationToken),
            '*' => await ReadListAsync(stream, Length(rest, ItemsMax), depth, cancellationToken),
            _ => throw Nonsense(),
        };
    }

    private static async Task<RedisReply> ReadBulkAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        if (length < 0)
        {
            return RedisReply.Null;
        }

        var bytes = new byte[length + 2];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return RedisReply.Of(bytes[..length]);
    }

    private static async Task<RedisReply> ReadListAsync(
        Stream stream,
        int length,
        int depth,
        CancellationToken cancellationToken
    )
    {
        if (length < 0)
        {
            return RedisReply.Null;
        }

        var items = ImmutableArray.CreateBuilder<RedisReply>();
        for (var i = 0; i < length; i++)
        {
            items.Add(await ReadAsync(stream, depth + 1, cancellationToken));
        }

        return RedisReply.Of(items.ToImmutable());
    }

    private static int Length(byte[] text, int max) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length) && length <= max
            ? length
            : throw Nonsense();

    private static IOException Nonsense() => new("What answers there does not speak the protocol of Redis.");
}
