using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Store.Redis;

/// <summary>Messages between signaling nodes by what Redis publishes.</summary>
public sealed class RedisNodeChannel : INodeChannel
{
    private static readonly RedisScript Script = new("return redis.call('PUBLISH', ARGV[1], ARGV[2])");

    private readonly RedisConnection _redis;
    private readonly RedisKeys _keys;

    public RedisNodeChannel(RedisConnection redis)
    {
        ArgumentNullException.ThrowIfNull(redis);
        _redis = redis;
        _keys = new RedisKeys(redis.Options.Prefix);
    }

    public void Publish(string channel, ReadOnlyMemory<byte> message) => _ = PublishAsync(channel, message);

    public IDisposable Subscribe(string channel, Action<ReadOnlyMemory<byte>> received)
    {
        ArgumentNullException.ThrowIfNull(received);
        return _redis.News.Listen(
            _keys.NodeChannel(channel),
            text =>
            {
                if (text is not null && TryDecode(text, out var message))
                {
                    received(message);
                }
            }
        );
    }

    private static bool TryDecode(string text, out byte[] message)
    {
        message = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, message, out var length))
        {
            return false;
        }

        message = message[..length];
        return true;
    }

    private async Task PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            await _redis.EvaluateAsync(
                Script,
                [_keys.Leases],
                [_keys.NodeChannel(channel), Convert.ToBase64String(message.Span)],
                CancellationToken.None
            );
        }
        catch (RoomStoreUnavailableException)
        {
            // At most once.
        }
    }
}
