using System.Text;
using System.Threading.Channels;
using Google.Protobuf;
using Spaces.Signaling.Domain;
using Spaces.V1;

namespace Spaces.Signaling.Server.Notifications;

/// <summary>One connection of an account that wants to be told things. Any thread sends, one reads.</summary>
internal sealed class NotificationWatch(Identity identity, Action<NotificationWatch> closed) : IDisposable
{
    /// <summary>A client that lets more wait does not read; it comes back and asks for what it missed.</summary>
    public const int WaitingMax = 256;

    private readonly Channel<OutboundNotification> _messages = Channel.CreateBounded<OutboundNotification>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true }
    );

    public Identity Identity => identity;

    /// <summary>True when the client did not read what it was sent.</summary>
    public bool IsTooSlow { get; private set; }

    public void Send(OutboundNotification message)
    {
        if (!_messages.Writer.TryWrite(message) && _messages.Writer.TryComplete())
        {
            IsTooSlow = true;
        }
    }

    /// <summary>Nothing follows.</summary>
    public void End() => _messages.Writer.TryComplete();

    public IAsyncEnumerable<OutboundNotification> ReadAllAsync(CancellationToken cancellationToken) =>
        _messages.Reader.ReadAllAsync(cancellationToken);

    public void Dispose()
    {
        End();
        closed(this);
    }
}

/// <summary>A notification for one connection or for many; encoded once for each encoding. Never changed.</summary>
internal sealed class OutboundNotification(Notification notification)
{
    private byte[]? _json;
    private byte[]? _protobuf;

    public Notification Notification => notification;

    /// <summary>UTF-8.</summary>
    public byte[] Json => _json ??= Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(notification));

    public byte[] Protobuf => _protobuf ??= notification.ToByteArray();
}
