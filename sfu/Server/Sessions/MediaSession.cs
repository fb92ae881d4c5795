using Spaces.Sfu.Protocol;
using Spaces.Sfu.Protocol.Peer;
using Spaces.Sfu.Routing;
using Spaces.Sfu.Server.Hosting;
using Spaces.Sfu.Server.Telemetry;

namespace Spaces.Sfu.Server.Sessions;

/// <summary>One participant's media on its worker: transport, microphone and slots.</summary>
/// <remarks>Not thread-safe: after it was handed over, the worker owns it.</remarks>
internal sealed class MediaSession(
    string id,
    uint room,
    string localUfrag,
    PeerTransport peer,
    RtcpReporter rtcp,
    Microphone? microphone,
    Listener? listener
) : IHasDeadline, IDisposable
{
    /// <summary>As many as the ICE agent has credentials for: the current ones and those before.</summary>
    private const int UfragsMax = 2;

    private readonly List<string> _ufrags = [localUfrag];

    public string Id { get; } = id;

    /// <summary>The room's number on this node.</summary>
    public uint Room { get; } = room;

    public PeerTransport Peer { get; } = peer;

    /// <summary>Null for a session that only listens.</summary>
    public Microphone? Microphone { get; } = microphone;

    /// <summary>Null for a session that only publishes.</summary>
    public Listener? Listener { get; } = listener;

    public SessionPaths Paths { get; } = new();

    public bool IsClosed { get; private set; }

    /// <summary>The client ended its only stream.</summary>
    public bool HasSaidGoodbye { get; private set; }

    /// <summary>Every ufrag that checks for this session may carry.</summary>
    public IReadOnlyList<string> Ufrags => _ufrags;

    /// <summary>The newest; the one before stays good, since checks may still be under way.</summary>
    public string LocalUfrag => _ufrags[^1];

    public Instant? NextTimeout
    {
        get
        {
            var next = Earlier(Peer.NextTimeout, rtcp.NextReport);
            return IsMissingPackets ? Earlier(next, rtcp.NextRequest) : next;
        }
    }

    /// <summary>Packets of its microphone are to be asked for.</summary>
    public bool IsMissingPackets => rtcp.NextRequest is not null;

    public Instant? QueuedFor { get; set; }

    /// <summary>ICE was restarted: checks may carry <paramref name="ufrag"/> too.</summary>
    /// <returns>The ufrag that is of no more use, or null: however often a client restarts, two are kept.</returns>
    public string? AddUfrag(string ufrag)
    {
        _ufrags.Add(ufrag);
        if (_ufrags.Count <= UfragsMax)
        {
            return null;
        }

        var outdated = _ufrags[0];
        _ufrags.RemoveAt(0);
        return outdated;
    }

    public void HandleConnected(Instant now) => rtcp.Begin(now);

    /// <returns>Whether the datagram was the peer's own, whatever became of it.</returns>
    public bool HandleRtp(Instant now, NetworkPath path, Span<byte> datagram, DropCounters drops)
    {
        if (!Peer.TryUnprotectRtp(path, datagram, out var length))
        {
            drops.Unauthenticated++;
            return false;
        }

        var verdict = Microphone?.Handle(datagram[..length], now) ?? MicrophoneVerdict.Foreign;
        switch (verdict)
        {
            case MicrophoneVerdict.Routed or MicrophoneVerdict.Repeated:
                break;
            case MicrophoneVerdict.Forbidden:
                drops.Forbidden++;
                break;
            case MicrophoneVerdict.Foreign:
                drops.Foreign++;
                break;
            case MicrophoneVerdict.TooFast:
                drops.TooFast++;
                break;
            case MicrophoneVerdict.Malformed:
            default:
                drops.Malformed++;
                break;
        }

        return true;
    }

    /// <returns>Whether the datagram was the peer's own.</returns>
    public bool HandleRtcp(Instant now, NetworkPath path, Span<byte> datagram, DropCounters drops)
    {
        if (!Peer.TryUnprotectRtcp(path, datagram, out var length))
        {
            drops.Unauthenticated++;
            return false;
        }

        // Who still listens stays; a microphone that comes back counts again.
        HasSaidGoodbye |= rtcp.Handle(datagram[..length], now, drops) && Listener is null;
        return true;
    }

    public void HandleTimeout(Instant now)
    {
        Peer.HandleTimeout(now);
        if (rtcp.NextReport <= now)
        {
            rtcp.SendReport(now);
        }

        if (rtcp.NextRequest <= now)
        {
            rtcp.SendRequest(now);
        }
    }

    /// <summary>Queues the goodbyes; drain the transport once more, then dispose.</summary>
    public void Close()
    {
        IsClosed = true;
        rtcp.SendGoodbye();
        Peer.Close();
    }

    public void Dispose() => Peer.Dispose();

    private static Instant? Earlier(Instant? left, Instant? right) =>
        left is null || right < left ? right ?? left : left;
}
