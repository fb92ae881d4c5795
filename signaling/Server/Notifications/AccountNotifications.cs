using System.Collections.Concurrent;
using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.V1;

namespace Spaces.Signaling.Server.Notifications;

/// <summary>Tells accounts things while they are online, on whichever node, in a room or in none.</summary>
/// <remarks>
/// Nothing is kept: what must not be missed is a record as well, an invitation in an inbox, a reminder in its list.
/// </remarks>
internal sealed class AccountNotifications : IDisposable
{
    private const string Channel = "account-notifications";

    private readonly ConcurrentDictionary<Identity, ImmutableArray<NotificationWatch>> _online = new();
    private readonly INodeChannel _channel;
    private readonly TimeProvider _time;
    private readonly SignalingOptions _options;
    private readonly IDisposable _subscription;
    private volatile bool _isShuttingDown;

    public AccountNotifications(INodeChannel channel, TimeProvider time, SignalingOptions options)
    {
        _channel = channel;
        _time = time;
        _options = options;
        _subscription = channel.Subscribe(Channel, Received);
    }

    /// <summary>Somebody came online here. Any thread; must not wait.</summary>
    public event Action<NotificationWatch>? Opened;

    /// <summary>Accounts online on this node.</summary>
    public IEnumerable<Identity> Online => _online.Keys;

    /// <summary>Connections of this node.</summary>
    public int Count => _online.Values.Sum(watches => watches.Length);

    /// <summary>Tells an account, at most once, wherever it is online now; if nowhere, nobody is told.</summary>
    /// <param name="identity">Whom.</param>
    /// <param name="notification">What; its time is set here.</param>
    public void Tell(Identity identity, Notification notification)
    {
        var addressed = notification.Clone();
        addressed.At = _time.GetUtcNow().ToTimestamp();
        var name = ByteString.CopyFromUtf8(identity.Value);
        var bytes = new byte[CodedOutputStream.ComputeBytesSize(name) + addressed.CalculateSize()];
        var stream = new CodedOutputStream(bytes);
        stream.WriteBytes(name);
        addressed.WriteTo(stream);
        stream.Flush();
        _channel.Publish(Channel, bytes);
    }

    /// <summary>Tells the connections of this node alone.</summary>
    public void TellHere(Identity identity, Notification notification)
    {
        if (_online.TryGetValue(identity, out var watches))
        {
            notification.At = _time.GetUtcNow().ToTimestamp();
            var message = new OutboundNotification(notification);
            foreach (var watch in watches)
            {
                watch.Send(message);
            }
        }
    }

    public bool IsOnlineHere(Identity identity) => _online.ContainsKey(identity);

    /// <summary>A connection of an account; it is online until that is disposed.</summary>
    public NotificationWatch Open(Identity identity)
    {
        var watch = new NotificationWatch(identity, Close);
        watch.Send(
            new OutboundNotification(
                new Notification
                {
                    At = _time.GetUtcNow().ToTimestamp(),
                    Welcome = new Welcome
                    {
                        HeartbeatIntervalMs = (uint)_options.NotificationHeartbeat.TotalMilliseconds,
                    },
                }
            )
        );
        _online.AddOrUpdate(identity, [watch], (_, watches) => watches.Add(watch));
        if (_isShuttingDown)
        {
            watch.End();
        }

        Opened?.Invoke(watch);
        return watch;
    }

    /// <summary>Shows every connection that it lives.</summary>
    public void Beat()
    {
        var message = new OutboundNotification(
            new Notification { At = _time.GetUtcNow().ToTimestamp(), Heartbeat = new NotificationHeartbeat() }
        );
        foreach (var watch in _online.Values.SelectMany(watches => watches))
        {
            watch.Send(message);
        }
    }

    /// <summary>Ends every connection; clients come back elsewhere.</summary>
    public void ShutDown()
    {
        _isShuttingDown = true;
        foreach (var watch in _online.Values.SelectMany(watches => watches))
        {
            watch.End();
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void Received(ReadOnlyMemory<byte> message)
    {
        try
        {
            var stream = new CodedInputStream(message.ToArray());
            var identity = new Identity(stream.ReadBytes().ToStringUtf8());
            if (IsOnlineHere(identity))
            {
                var notification = new Notification();
                notification.MergeFrom(stream);
                TellHere(identity, notification);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // Of another release, which may say it in another way.
        }
    }

    private void Close(NotificationWatch watch)
    {
        while (_online.TryGetValue(watch.Identity, out var watches))
        {
            var left = watches.Remove(watch);
            var isGone = left.IsEmpty
                ? _online.TryRemove(KeyValuePair.Create(watch.Identity, watches))
                : _online.TryUpdate(watch.Identity, left, watches);
            if (isGone)
            {
                return;
            }
        }
    }
}
