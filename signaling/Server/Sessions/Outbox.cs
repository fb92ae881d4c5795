using System.Threading.Channels;

namespace Spaces.Signaling.Server.Sessions;

/// <summary>Messages on their way to one client. Any thread writes, one reads.</summary>
internal sealed class Outbox
{
    public const int CountMax = 256;
    public const int BytesMax = 1024 * 1024;

    private readonly Channel<OutboundMessage> _messages = Channel.CreateUnbounded<OutboundMessage>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private int _count;
    private long _bytes;

    /// <returns>False when too much is waiting: the client does not read.</returns>
    public bool TryAdd(OutboundMessage message)
    {
        if (Interlocked.Increment(ref _count) > CountMax || Interlocked.Add(ref _bytes, message.Length) > BytesMax)
        {
            return false;
        }

        _messages.Writer.TryWrite(message);
        return true;
    }

    /// <summary>Adds the last message, however much is waiting; what comes later is dropped.</summary>
    public void Complete(OutboundMessage? last)
    {
        if (last is not null)
        {
            _messages.Writer.TryWrite(last);
        }

        _messages.Writer.TryComplete();
    }

    public async IAsyncEnumerable<OutboundMessage> ReadAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var message in _messages.Reader.ReadAllAsync(cancellationToken))
        {
            yield return message;
            Interlocked.Decrement(ref _count);
            Interlocked.Add(ref _bytes, -message.Length);
        }
    }
}
