using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace Spaces.Signaling.Store.Redis;

/// <summary>What Redis answered: nothing, a number, bytes or a list of such.</summary>
internal sealed class RedisReply
{
    public static readonly RedisReply Null = new(null, []);

    /// <summary>The client library tells lists from values by their class alone, and keeps that to itself.</summary>
    private const string ListTypeName = "ArrayRedisResult";

    private readonly byte[]? _bytes;

    private RedisReply(byte[]? bytes, ImmutableArray<RedisReply> items)
    {
        _bytes = bytes;
        Items = items;
    }

    public bool IsNull => _bytes is null && ReferenceEquals(this, Null);

    public ImmutableArray<RedisReply> Items { get; }

    /// <summary>Empty where the reply is null or a list.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>0 where the reply is no number.</summary>
    public long Number =>
        long.TryParse(Bytes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static RedisReply Of(byte[] bytes) => new(bytes, []);

    public static RedisReply Of(ImmutableArray<RedisReply> items) => new(null, items);

    public static RedisReply Of(RedisResult? result)
    {
        if (result is null || result.IsNull)
        {
            return Null;
        }

        return result.GetType().Name == ListTypeName
            ? Of([.. ((RedisResult[])result!).Select(Of)])
            : Of((byte[])result!);
    }
}
